// SPDX-License-Identifier: MIT
// Writes the f32 tensors of a safetensors file as C++ arrays: `write_weights <file> <header>`.
#include <kiln/io/safetensors.hpp>

#include <cstdio>
#include <fstream>
#include <span>
#include <string_view>

namespace {

// Sixteen digits of a hexadecimal float say every bit.
void write_array(std::ofstream& to, std::string_view name, std::span<const float> numbers) {
  to << "inline constexpr float " << name << "[" << numbers.size() << "] = {";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    char text[32];
    std::snprintf(text, sizeof text, "%aF,", static_cast<double>(numbers[i]));
    to << (i % 8 == 0 ? "\n    " : " ") << text;
  }
  to << "};\n";
}

void write(const char* from, const char* header) {
  const auto file = kiln::io::load_safetensors(from);
  std::ofstream to(header);
  to << "#pragma once\n\nnamespace digits {\n";
  for (const std::string_view name : {"w1", "b1", "w2", "b2"}) {
    write_array(to, name, file.at(name).values<float>());
  }
  to << "}  // namespace digits\n";
  if (!to.flush()) throw kiln::error("cannot write the header");
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::fputs("write_weights <file.safetensors> <header.hpp>\n", stderr);
    return 2;
  }
  try {
    write(words[1], words[2]);
    return 0;
  } catch (const kiln::error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
