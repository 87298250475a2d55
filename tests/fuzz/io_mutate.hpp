// SPDX-License-Identifier: MIT
// Damages files the same way in every run: bits, bytes, numbers, words, cuts, repeats, lengths.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

// What means something to the readers, or nearly does.
inline constexpr std::string_view words =
    "0 1 2 4 18446744073709551615 18446744073709551616 9223372036854775807 4294967296 -1 1e9 00 "
    "[ ] { } ( ) , : \" ' \\ \\u0041 \\ud834\\udd1e \\ud800 \x80 \xc3\xa9 \n \t "
    "__metadata__ \"dtype\": \"shape\": \"data_offsets\": null F64 BF16 I64 BOOL "
    "True False <f8 >f4 |V2 |O";

// The word at this position, or the next one.
inline std::string_view word_at(std::size_t at) {
  const std::size_t first = words.rfind(' ', at) + 1;  // npos + 1 is 0
  return words.substr(first, words.find(' ', first) - first);
}

class mutator final {
 public:
  explicit mutator(std::uint64_t seed)
      : random_{seed} {}

  // A damaged copy. Where `length_bytes` is not 0 the header's length field at `length_at` is often
  // repaired, so that the damage is found behind the first check and not by it.
  std::string operator()(std::string file, std::size_t length_at, std::size_t length_bytes) {
    const std::size_t before = file.size();
    for (std::size_t n = 1 + below(3); n > 0; --n) damage(file);
    if (below(8) != 0 && file.size() >= length_at + length_bytes) {
      std::uint64_t length = 0;
      std::memcpy(&length, file.data() + length_at, length_bytes);
      length += file.size() - before;  // wraps where the file got shorter
      std::memcpy(file.data() + length_at, &length, length_bytes);
    }
    return file;
  }

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

 private:
  void damage(std::string& file) {
    if (file.empty()) return file.push_back('{');
    const std::size_t at = below(file.size());
    const std::size_t some = 1 + below(std::min<std::size_t>(16, file.size() - at));
    const std::string_view word = word_at(below(words.size()));
    switch (below(9)) {
      case 0:
        file[at] = static_cast<char>(file[at] ^ (1 << below(8)));
        break;
      case 1:
        file[at] = static_cast<char>(below(256));
        break;
      case 2:
        file.insert(at, word);
        break;
      case 3:
        file.replace(at, some, word);
        break;
      case 4:
        file.erase(at, some);
        break;
      case 5:
        file.insert(at, file.substr(at, some));
        break;
      case 6:
        file.resize(at);
        break;
      case 7:
        file.append(some, 'x');
        break;
      default:
        replace_number(file, at, word);
    }
  }

  // Numbers are where counts, extents and offsets are: the first at or behind `at` is replaced.
  void replace_number(std::string& file, std::size_t at, std::string_view word) {
    const std::size_t first = file.find_first_of("0123456789", at);
    if (first == std::string::npos) return;
    const std::size_t last = std::min(file.find_first_not_of("0123456789", first), file.size());
    file.replace(first, last - first, below(2) == 0 ? word : std::to_string(below(40)));
  }

  std::mt19937_64 random_;
};

}  // namespace fuzz
