// SPDX-License-Identifier: MIT
// What the readers promise for any bytes at all: an error that says so, or arrays that hold water.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/io/array.hpp>
#include <kiln/io/npy.hpp>
#include <kiln/io/safetensors.hpp>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fuzz {

// Aborts, also in optimised builds, so that a fuzzer keeps the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

// The data lies inside the file, is as long as type and shape say, and can be read to its end.
inline void require_sound(const kiln::io::array& array, std::span<const std::byte> file) {
  require(kiln::io::byte_count(array.type, array.shape) == array.data.size());
  require(array.data.empty()
          || (array.data.data() >= file.data()
              && array.data.data() + array.data.size() <= file.data() + file.size()));
  std::vector<float> values(array.elems());
  try {
    array.copy_f32(values);
  } catch (const kiln::error&) {
    require(array.type == kiln::io::element_type::f8_e5m2
            || array.type == kiln::io::element_type::f8_e4m3);
  }
}

inline void require_same(const kiln::io::array& a, const kiln::io::array& b) {
  require(a.type == b.type && a.shape == b.shape && a.data.size() == b.data.size());
  require(a.data.empty() || std::memcmp(a.data.data(), b.data.data(), a.data.size()) == 0);
}

// Runs a reader over a heap copy of exactly the file's size, where an overread is seen. True where
// the file was accepted.
template <class Reader>
bool accepts(std::span<const std::byte> file, Reader reader) {
  const std::unique_ptr<std::byte[]> copy{new std::byte[file.size()]};
  if (!file.empty()) std::memcpy(copy.get(), file.data(), file.size());
  try {
    reader(std::span<const std::byte>{copy.get(), file.size()});
    return true;
  } catch (const kiln::error& e) {
    const std::string text = e.what();
    require(text.starts_with("fuzz: ") && text.find(", found ") != std::string::npos
            && text.size() < 1000);
    return false;
  }
}

inline bool safetensors(std::span<const std::byte> file) {
  return accepts(file, [](std::span<const std::byte> bytes) {
    const kiln::io::safetensors read = kiln::io::parse_safetensors(bytes, "fuzz");
    std::size_t data_bytes = 0;
    for (const kiln::io::array& tensor : read.tensors()) {
      require_sound(tensor, bytes);
      require(read.find(tensor.name) == &tensor);
      data_bytes += tensor.data.size();
    }
    require(data_bytes <= bytes.size());
    const auto again = kiln::io::encode_safetensors(read.tensors());
    const kiln::io::safetensors twice = kiln::io::parse_safetensors(again, "fuzz");
    require(twice.tensors().size() == read.tensors().size());
    for (const kiln::io::array& tensor : read.tensors())
      require_same(tensor, twice.at(tensor.name));
  });
}

inline bool npy(std::span<const std::byte> file) {
  return accepts(file, [](std::span<const std::byte> bytes) {
    const kiln::io::array read = kiln::io::parse_npy(bytes, "fuzz");
    require_sound(read, bytes);
    const auto again = kiln::io::encode_npy(read);
    require_same(read, kiln::io::parse_npy(again, "fuzz"));
  });
}

}  // namespace fuzz
