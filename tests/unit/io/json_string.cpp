// SPDX-License-Identifier: MIT
// JSON strings with every escape, and what is no string.
#include <kiln/io/json_string.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace io = kiln::io;

static_assert(io::is_utf8("") && io::is_utf8("abc") && io::is_utf8("\xc3\xa9"));
static_assert(io::is_utf8("\xe2\x82\xac") && io::is_utf8("\xf0\x9d\x84\x9e"));
static_assert(io::is_utf8("\xed\x9f\xbf") && io::is_utf8("\xf4\x8f\xbf\xbf"));
static_assert(!io::is_utf8("\x80") && !io::is_utf8("\xc3") && !io::is_utf8("\xe2\x82"));
static_assert(!io::is_utf8("\xc0\xaf") && !io::is_utf8("\xe0\x80\xaf"));  // overlong
static_assert(!io::is_utf8("\xed\xa0\x80")
              && !io::is_utf8("\xf4\x90\x80\x80"));  // surrogate, range
static_assert(!io::is_utf8("\xff") && !io::is_utf8("\xf8\x88\x80\x80\x80"));
static_assert(!io::is_utf8("\xc3\x28") && !io::is_utf8("\xf0\x9d\x84\x28"));

namespace {

std::string meaning_of(std::string_view json) {
  io::cursor from{json, "file"};
  return io::json_string(from);
}

}  // namespace

TEST_CASE("strings are read with every escape") {
  CHECK(meaning_of(R"("")").empty());
  CHECK(meaning_of(R"( "fc1.weight" )") == "fc1.weight");
  CHECK(meaning_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(meaning_of(R"("\u0041\u00e9\u20AC\ud834\uDD1E")") == "A\u00e9\u20ac\U0001d11e");
  CHECK(meaning_of(R"("\u0000")") == std::string(1, '\0'));
  CHECK(meaning_of("\"\u20ac\"") == "\u20ac");
}

TEST_CASE("anything else is refused") {
  for (const char* bad : {"",
                          "x",
                          "'a'",
                          "\"",
                          "\"abc",
                          R"("\x41")",
                          R"("\u12")",
                          R"("\u12G4")",
                          R"("\ud834")",
                          R"("\ud834x")",
                          R"("\ud834\n")",
                          R"("\ud834\u0041")",
                          R"("\udd1e")",
                          "\"\x1f\"",
                          "\"\n\"",
                          "\"\xff\"",
                          "\"\xc3\"",
                          "\"\xed\xa0\x80\"",
                          "\"\\",
                          "\"\\u",
                          "\"\\ud834\\",
                          "\"\\ud834\\u"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(meaning_of(bad), kiln::error);
  }
  CHECK_THROWS_WITH_AS(meaning_of(R"("\q")"),
                       "file: header, byte 3: expected after '\\' one of \"\\/bfnrtu, found '\"'",
                       kiln::error);
  CHECK_THROWS_WITH_AS(meaning_of("\"abc"),
                       "file: header, byte 4: expected a closing '\"', found the end of the header",
                       kiln::error);
}

TEST_CASE("what is written is read back") {
  for (const std::string& text : {std::string{},
                                  std::string{"a \"b\" \\ / \x01 \n \u00e9"},
                                  std::string(3, '\0'),
                                  std::string{"\x1f\x7f"}}) {
    CHECK(meaning_of(io::json_quoted(text)) == text);
  }
  CHECK(io::json_quoted("a\"\n") == R"("a\"\u000a")");
}
