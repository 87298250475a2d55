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
