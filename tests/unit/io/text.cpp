// SPDX-License-Identifier: MIT
// Hostile names and shapes stay short and printable.
#include <kiln/io/text.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string>

namespace io = kiln::io;

TEST_CASE("hostile names and shapes stay short and printable in texts") {
  CHECK(io::quoted("fc1.weight") == "'fc1.weight'");
  CHECK(io::quoted("a\n\x1b[31m\x7f") == "'a\\x0a\\x1b[31m\\x7f'");
  CHECK(io::quoted(std::string(100, 'x')) == "'" + std::string(64, 'x') + "...'");
  const std::size_t shape[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  CHECK(io::shape_text({}) == "[]");
  CHECK(io::shape_text(std::span{shape}.first(2)) == "[1, 2]");
  CHECK(io::shape_text(shape) == "[1, 2, 3, 4, 5, 6, 7, 8, ...]");
}
