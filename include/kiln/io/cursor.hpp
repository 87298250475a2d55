// SPDX-License-Identifier: MIT
// Reads the small text headers of tensor files, token by token, and says where one is wrong.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/io/text.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::io {

/// A position in a text header. Nothing here recurses, so no header can exhaust the stack.
class cursor final {
 public:
  /// @pre       text and source outlive the cursor
  cursor(std::string_view text, std::string_view source)
      : text_{text},
        source_{source} {}

  /// Steps over white space and then over `token`, if that is what follows.
  ///
  /// @errors    none
  bool accept(std::string_view token) {
    skip_space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  /// Steps over white space and `token`.
  ///
  /// @errors    run time: something else follows
  void expect(std::string_view token) {
    if (!accept(token)) fail(io::quoted(token));
  }

  /// The next character, white space included.
  ///
  /// @errors    run time: the header ends here
  char take(std::string_view wanted) {
    if (at_ == text_.size()) fail(wanted);
    return text_[at_++];
  }

  /// A decimal integer without sign, leading zero, fraction or exponent.
  ///
  /// @errors    run time: none follows, or it does not fit std::size_t
  std::size_t integer() {
    constexpr std::string_view wanted = "an integer from 0 to 2^64 - 1";
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    skip_space();
    const std::size_t first = at_;
    std::size_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      const auto digit = static_cast<std::size_t>(text_[at_] - '0');
      if (value > (most - digit) / 10) fail_at(first, wanted);
      value = value * 10 + digit;
    }
    const bool padded = at_ > first + 1 && text_[first] == '0';
    if (at_ == first || padded) fail_at(first, wanted);
    return value;
  }

  /// Integers between brackets, separated by commas.
  ///
  /// @shape     out: [length of the list]
  /// @errors    run time: anything else
  std::vector<std::size_t> integers() {
    std::vector<std::size_t> list;
    expect("[");
    if (accept("]")) return list;
    do list.push_back(integer());
    while (accept(","));
    expect("]");
    return list;
  }

  /// Requires that only white space is left.
  ///
  /// @errors    run time: something else follows
  void end() {
    skip_space();
    if (at_ != text_.size()) fail("the end of the header");
  }

  /// Raises the error for what stands at this position.
  ///
  /// @errors    run time: always
  [[noreturn]] void fail(std::string_view wanted) const { fail_at(at_, wanted); }

 private:
  [[noreturn]] void fail_at(std::size_t at, std::string_view wanted) const {
    std::string text = std::string(source_) + ": header, byte " + std::to_string(at) + ": expected "
                       + std::string(wanted) + ", found ";
    text += at >= text_.size() ? "the end of the header" : io::quoted(text_.substr(at, 20));
    core::raise(text);
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }

  std::string_view text_;
  std::string_view source_;
  std::size_t at_ = 0;
};

}  // namespace kiln::io
