// SPDX-License-Identifier: MIT
// What may be a source of weights, and how names are looked up in it.
#include <kiln/runtime/source.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace somewhere {
struct file {
  float x[2] = {1, 2};
};
inline std::optional<kiln::tensor::memory> find_weight(const file& f, std::string_view name) {
  if (name != "x") return std::nullopt;
  return kiln::tensor::memory_access<const float[2]>::of(f.x);
}
}  // namespace somewhere

using kiln::runtime::look_up;
using kiln::runtime::weight_source;

static_assert(weight_source<somewhere::file>);
static_assert(weight_source<std::map<std::string, std::vector<float>>>);
static_assert(weight_source<std::unordered_map<std::string, std::span<const float>>>);
static_assert(weight_source<std::map<std::string, std::vector<float>, std::less<>>>);
static_assert(!weight_source<std::vector<float>> && !weight_source<float*>);
static_assert(!weight_source<std::map<int, std::vector<float>>>);
static_assert(!weight_source<std::map<std::string, int>>);

TEST_CASE("names are found or not") {
  const somewhere::file file;
  CHECK(look_up(file, "x")->data == file.x);
  CHECK(!look_up(file, "y"));
  const std::map<std::string, std::vector<float>> map{{"x", {1, 2, 3}}, {"none", {}}};
  CHECK(look_up(map, "x")->elems == 3);
  CHECK(look_up(map, "x")->data == map.at("x").data());
  CHECK(look_up(map, "none")->elems == 0);
  CHECK(!look_up(map, ""));
}

namespace elsewhere {
struct named {
  std::string name;
};
struct listing {
  std::vector<named> all{{"fc.w"}, {"fc.b"}};
  [[nodiscard]] const std::vector<named>& tensors() const { return all; }
};
struct guesses {
  [[nodiscard]] std::string similar_name(std::string_view name) const {
    return std::string(name) + "!";
  }
};
inline std::optional<kiln::tensor::memory> find_weight(const listing&, std::string_view) {
  return {};
}
inline std::optional<kiln::tensor::memory> find_weight(const guesses&, std::string_view) {
  return {};
}
}  // namespace elsewhere

TEST_CASE("a name with other capitals is found where names are listed") {
  using kiln::runtime::similar_name;
  const std::map<std::string, std::vector<float>> map{{"FC1.Weight", {}}, {"B", {}}};
  CHECK(similar_name(map, "fc1.weight") == "FC1.Weight");
  CHECK(similar_name(map, "b") == "B");
  CHECK(similar_name(map, "c").empty());
  CHECK(similar_name(map, "fc1_weight").empty());
  const std::unordered_map<std::string, std::span<const float>> spans{{"w@", {}}};
  CHECK(similar_name(spans, "W@") == "w@");
  CHECK(similar_name(spans, "w`").empty());
  CHECK(similar_name(elsewhere::listing{}, "FC.B") == "fc.b");
  CHECK(similar_name(elsewhere::listing{}, "fc.c").empty());
  CHECK(similar_name(elsewhere::guesses{}, "x") == "x!");
  CHECK(similar_name(somewhere::file{}, "X").empty());
}
