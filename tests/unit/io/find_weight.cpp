// SPDX-License-Identifier: MIT
// Files as sources of weights: names, shapes, and types that kiln does not compute with.
#include <kiln/io/find_weight.hpp>
#include <kiln/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <array>

namespace io = kiln::io;

namespace {

const std::array<float, 6> w{1, 2, 3, 4, 5, 6};
const std::array<double, 1> d{1};

std::vector<std::byte> file() {
  const std::array<io::array, 2> tensors{io::array{.source = {},
                                                   .name = "fc.w",
                                                   .type = io::element_type::f32,
                                                   .shape = {2, 3},
                                                   .data = std::as_bytes(std::span{w})},
                                         io::array{.source = {},
                                                   .name = "scale",
                                                   .type = io::element_type::f64,
                                                   .shape = {1, 1, 1, 1, 1, 1, 1, 1},
                                                   .data = std::as_bytes(std::span{d})}};
  return io::encode_safetensors(tensors);
}

}  // namespace

TEST_CASE("a tensor of a file is found with its shape") {
  const auto bytes = file();
  const io::safetensors read = io::parse_safetensors(bytes);
  const auto m = find_weight(read, "fc.w");
  REQUIRE(m.has_value());
  CHECK(m->data == read.at("fc.w").data.data());
  CHECK(m->element == kiln::f32);
  CHECK(m->foreign.empty());
  CHECK(m->elems == 6);
  CHECK(m->rank == 2);
  CHECK(m->extents[0] == 2);
  CHECK(m->extents[1] == 3);
  CHECK(m->is_const);
  CHECK(!find_weight(read, "fc"));
}

TEST_CASE("foreign types keep their name, many axes their number") {
  const auto bytes = file();
  const auto m = find_weight(io::parse_safetensors(bytes), "scale");
  REQUIRE(m.has_value());
  CHECK(m->foreign == "F64");
  CHECK(m->rank == 8);
}
