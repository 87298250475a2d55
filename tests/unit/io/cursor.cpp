// SPDX-License-Identifier: MIT
// Tokens and integers of text headers, and where a wrong one is reported.
#include <kiln/io/cursor.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace io = kiln::io;

namespace {

std::size_t integer_in(std::string_view text) { return io::cursor{text, "file"}.integer(); }
std::vector<std::size_t> integers_in(std::string_view text) {
  return io::cursor{text, "file"}.integers();
}

}  // namespace

TEST_CASE("tokens are found behind white space") {
  io::cursor from{" \t{ \r\n: 42 }  ", "file"};
  CHECK(from.accept("{"));
  CHECK(!from.accept("}"));
  from.expect(":");
  CHECK(from.integer() == 42);
  from.expect("}");
  from.end();
  CHECK_THROWS_WITH_AS(from.take("more"),
                       "file: header, byte 14: expected more, found the end of the header",
                       kiln::error);
}

TEST_CASE("integers are what JSON calls so, without sign and fraction") {
  CHECK(integer_in("0") == 0);
  CHECK(integer_in("18446744073709551615") == 18446744073709551615ULL);
  for (const char* bad :
       {"", "-1", "+1", "01", "00", "x", "18446744073709551616", "99999999999999999999999"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(integer_in(bad), kiln::error);
  }
  CHECK_THROWS_WITH_AS(
      integer_in("18446744073709551616"),
      "file: header, byte 0: expected an integer from 0 to 2^64 - 1, found '18446744073709551616'",
      kiln::error);
}

TEST_CASE("lists of integers do not nest") {
  CHECK(integers_in("[]").empty());
  CHECK(integers_in("[ 1 , 2,3 ]") == std::vector<std::size_t>{1, 2, 3});
  for (const char* bad :
       {"", "[", "[1", "[1,", "[1,]", "[,1]", "[[1]]", "[1 2]", "[1.5]", "[1e3]"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(integers_in(bad), kiln::error);
  }
  CHECK_THROWS_WITH_AS(
      integers_in("[1.5]"), "file: header, byte 2: expected ']', found '.5]'", kiln::error);
  // A million brackets are refused at the second, with no recursion to run out of stack.
  CHECK_THROWS_AS(integers_in(std::string(1'000'000, '[')), kiln::error);
}

TEST_CASE("what is left over is an error") {
  io::cursor from{"{}  x", "file"};
  from.expect("{");
  from.expect("}");
  CHECK_THROWS_WITH_AS(
      from.end(), "file: header, byte 4: expected the end of the header, found 'x'", kiln::error);
}
