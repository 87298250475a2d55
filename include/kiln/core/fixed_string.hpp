// SPDX-License-Identifier: MIT
// A string literal as a template argument, and its spelling as a pack of characters.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace kiln::core {

/// A string literal that can be a template argument: `input<"x", f32>`.
///
/// @law  std::string_view(fixed_string("abc")) == "abc"
template <std::size_t N>
struct fixed_string final {
  char chars[N]{};

  constexpr fixed_string() = default;
  // NOLINTNEXTLINE: implicit, so that a literal can be a template argument
  constexpr fixed_string(const char (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars, N - 1}; }
};

/// The characters of a name as a type: compilers print it alike; clang 14 prints
/// a fixed_string as numbers.
template <char... Characters>
struct text final {
  static constexpr char chars[sizeof...(Characters) + 1] = {Characters..., '\0'};
  static constexpr std::string_view view{chars, sizeof...(Characters)};
};

namespace detail {
template <fixed_string Name, std::size_t... I>
consteval auto spell(std::index_sequence<I...>) -> text<Name.chars[I]...> {
  return {};
}
template <class Front, class Back>
struct joined;
template <char... Front, char... Back>
struct joined<text<Front...>, text<Back...>> {
  using type = text<Front..., '.', Back...>;
};
}  // namespace detail

/// A literal as a text: text_of<"w1"> is text<'w', '1'>.
template <fixed_string Name>
using text_of = decltype(detail::spell<Name>(std::make_index_sequence<sizeof(Name.chars) - 1>{}));

/// `layer0` and `w` give `layer0.w`: how a scope names what is inside it.
template <class Front, class Back>
using dotted = typename detail::joined<Front, Back>::type;

static_assert(text_of<"w1">::view == "w1");
static_assert(dotted<text_of<"a">, text_of<"b">>::view == "a.b");

}  // namespace kiln::core
