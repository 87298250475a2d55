// SPDX-License-Identifier: MIT
// Reads and writes npy files: one array behind a header that is a Python literal.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/io/array.hpp>
#include <kiln/io/cursor.hpp>
#include <kiln/io/element_type.hpp>
#include <kiln/io/file.hpp>
#include <kiln/io/text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kiln::io {

/// The array of one npy file, and the bytes where the file was read by load_npy().
struct npy final {
  file_bytes owned;  ///< empty where the caller owns the bytes
  array content;     ///< its name is empty: the format has none
};

namespace detail {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// The parts that every version of the format has.
struct npy_parts final {
  std::string_view header;
  std::span<const std::byte> data;
};

inline npy_parts split_npy(std::span<const std::byte> bytes, const std::string& source) {
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (!text.starts_with(npy_magic)) {
    core::raise(source + ": expected a file that starts with '\\x93NUMPY', found "
                + io::quoted(text.substr(0, npy_magic.size())));
  }
  if (text.size() < 8) core::raise(source + ": expected a version, found the end of the file");
  const auto version = static_cast<unsigned char>(text[6]);
  if (version < 1 || version > 3 || text[7] != 0) {
    core::raise(source + ": expected version 1.0, 2.0 or 3.0, found " + std::to_string(version)
                + '.' + std::to_string(static_cast<unsigned char>(text[7])));
  }
  // Version 1 counts the header in 16 bits, the later ones in 32.
  const std::size_t start = version == 1 ? 10 : 12;
  std::uint32_t length = 0;
  if (bytes.size() >= start) std::memcpy(&length, bytes.data() + 8, start - 8);
  if (bytes.size() < start || length > bytes.size() - start) {
    core::raise(source + ": expected a header of " + std::to_string(length) + " bytes, found "
                + std::to_string(bytes.size() - std::min(start, bytes.size()))
                + " bytes left in the file");
  }
  return {text.substr(start, length), bytes.subspan(start + length)};
}

inline std::string python_string(cursor& from) {
  constexpr std::string_view wanted = "a string in single quotes";
  if (!from.accept("'")) from.fail(wanted);
  std::string text;
  for (char c = from.take(wanted); c != '\''; c = from.take(wanted)) {
    if (c == '\\' || static_cast<unsigned char>(c) < 0x20) from.fail("a string without escapes");
    text += c;
  }
  return text;
}

inline std::vector<std::size_t> python_tuple(cursor& from) {
  std::vector<std::size_t> items;
  from.expect("(");
  while (!from.accept(")")) {
    items.push_back(from.integer());
    // (3) is a number and (3,) a tuple: one item needs its comma, more may end with one.
    if (!from.accept(",")) {
      if (items.size() == 1) from.fail("','");
      from.expect(")");
      break;
    }
  }
  return items;
}

inline element_type npy_type(std::string_view descr, const std::string& source) {
  const char order = descr.empty() ? '\0' : descr.front();
  const std::string_view rest = descr.substr(descr.empty() ? 0 : 1);
  const element_info* const info = find_element(&element_info::npy, rest);
  const bool known = !rest.empty() && info != nullptr;
  // '|' says that order does not matter, which is so for single bytes only.
  if (known && (order == '<' || (order == '|' && info->bytes == 1))) return info->type;
  core::raise(source
              + (known && order == '>' ? ": expected little-endian elements, found "
                                       : ": expected elements such as '<f4' or '|i1', found ")
              + io::quoted(descr));
}

/// The three entries of the header.
struct npy_header final {
  std::string descr;
  bool fortran_order;
  std::vector<std::size_t> shape;
};

inline npy_header read_npy_header(std::string_view text, const std::string& source) {
  constexpr std::string_view wanted = "'descr', 'fortran_order' and 'shape', each once";
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::size_t>> shape;
  cursor from{text, source};
  from.expect("{");
  while (!from.accept("}")) {
    const std::string key = python_string(from);
    from.expect(":");
    if (key == "descr" && !descr) {
      descr = python_string(from);
    } else if (key == "fortran_order" && !fortran_order) {
      fortran_order = from.accept("True");
      if (!*fortran_order) from.expect("False");
    } else if (key == "shape" && !shape) {
      shape = python_tuple(from);
    } else {
      from.fail(wanted);
    }
    if (!from.accept(",")) {
      from.expect("}");
      break;
    }
  }
  from.end();
  if (!descr || !fortran_order || !shape) from.fail(wanted);
  return {std::move(*descr), *fortran_order, std::move(*shape)};
}

}  // namespace detail

/// Reads an array from bytes that the caller keeps alive and unchanged.
///
/// @cost      linear in the header; the data is not touched
/// @errors    run time: truncated or oversized, another version, a header that is not exactly of
///            the format, Fortran order, big-endian, structured or pickled elements;
///            tests/unit/io/npy.cpp shows each text
/// @source    https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
inline array parse_npy(std::span<const std::byte> bytes, std::string source = "npy") {
  const detail::npy_parts parts = detail::split_npy(bytes, source);
  detail::npy_header header = detail::read_npy_header(parts.header, source);
  const element_type type = detail::npy_type(header.descr, source);
  if (header.fortran_order) {
    core::raise(source + ": expected C order, found Fortran order (save the array through "
                         "numpy.ascontiguousarray)");
  }
  const auto count = byte_count(type, header.shape);
  if (count != parts.data.size()) {
    core::raise(source + ": expected "
                + (count ? std::to_string(*count) + " bytes" : "a size that can be counted")
                + " for " + io::quoted(header.descr) + ' ' + shape_text(header.shape) + ", found "
                + std::to_string(parts.data.size()) + " bytes");
  }
  return {.source = std::move(source),
          .name = {},
          .type = type,
          .shape = std::move(header.shape),
          .data = parts.data};
}

/// Reads a file into memory that the result owns.
///
/// @cost      one read of the file
/// @errors    run time: those of read_file() and parse_npy()
inline npy load_npy(const std::string& path) {
  file_bytes owned = read_file(path);
  array content = parse_npy(std::as_const(owned).bytes(), path);
  return {std::move(owned), std::move(content)};
}

/// The bytes of a version 1.0 file that holds this array.
///
/// @pre       the type has a name in npy files; data is as long as type and shape say
/// @cost      one copy of the data
/// @errors    run time: a type or a rank that such a file cannot hold
inline std::vector<std::byte> encode_npy(const array& content) {
  const element_info& info = info_of(content.type);
  if (info.npy.empty()) {
    core::raise("npy: expected a type that numpy knows, found " + std::string(info.safetensors));
  }
  std::string shape;
  for (const std::size_t extent : content.shape) shape += std::to_string(extent) + ", ";
  std::string text = "{'descr': '" + std::string(info.bytes == 1 ? "|" : "<")
                     + std::string(info.npy) + "', 'fortran_order': False, 'shape': (" + shape
                     + "), }";
  // Magic, version, length and text together fill whole cache lines; a newline ends the text.
  text.resize((10 + text.size() + 1 + 63) / 64 * 64 - 11, ' ');
  text += '\n';
  if (text.size() > 0xffff) core::raise("npy: expected a header below 64 KiB, found a longer one");
  const std::string start = std::string(detail::npy_magic)
                            + std::string{'\1',
                                          '\0',
                                          static_cast<char>(text.size() & 0xff),
                                          static_cast<char>(text.size() >> 8)}
                            + text;
  std::vector<std::byte> bytes(start.size());
  std::memcpy(bytes.data(), start.data(), start.size());
  bytes.insert(bytes.end(), content.data.begin(), content.data.end());
  return bytes;
}

}  // namespace kiln::io
