// SPDX-License-Identifier: MIT
// Reads and writes safetensors files: named tensors behind a JSON header, every byte accounted for.
#pragma once

#include <kiln/core/error.hpp>
#include <kiln/io/array.hpp>
#include <kiln/io/cursor.hpp>
#include <kiln/io/element_type.hpp>
#include <kiln/io/file.hpp>
#include <kiln/io/find_weight.hpp>  // so that a file is a source of weights by itself
#include <kiln/io/json_string.hpp>
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

// The header is JSON of one fixed form, two levels deep. The few lines here read exactly that form
// and refuse every other; a JSON library would be a dependency of a header-only library, would
// accept far more (nesting, floats, duplicate keys, which are what attacks are made of), and these
// checks would have to be written on top of it all the same.

namespace detail {
class safetensors_parser;
}

/// The tensors of one safetensors file.
///
/// Every tensor's bytes lie inside the file, belong to no other tensor, and are as many as its
/// dtype and shape need. Tensors may lie at any address: see array::copy_to().
class safetensors final {
 public:
  /// The tensors, ordered by name.
  std::span<const array> tensors() const { return tensors_; }

  /// The tensor of this name, or null.
  ///
  /// @cost      logarithmic in the number of tensors
  /// @errors    none
  const array* find(std::string_view name) const {
    const auto found = std::lower_bound(
        tensors_.begin(), tensors_.end(), name, [](const array& tensor, std::string_view wanted) {
          return tensor.name < wanted;
        });
    return found != tensors_.end() && found->name == name ? &*found : nullptr;
  }

  /// The tensor of this name.
  ///
  /// @errors    run time: there is none; the text lists those there are
  const array& at(std::string_view name) const {
    const array* const found = find(name);
    if (found == nullptr) raise_missing(name);
    return *found;
  }

  /// Free text that the writer stored under this key, or null.
  ///
  /// @errors    none
  const std::string* metadata(std::string_view key) const {
    const auto found = std::find_if(metadata_.begin(),
                                    metadata_.end(),
                                    [key](const text_entry& entry) { return entry.first == key; });
    return found != metadata_.end() ? &found->second : nullptr;
  }

 private:
  friend class detail::safetensors_parser;
  using text_entry = std::pair<std::string, std::string>;

  [[noreturn]] void raise_missing(std::string_view name) const {
    constexpr std::size_t shown = 16;
    std::string names;
    for (const array& tensor : std::span{tensors_}.first(std::min(shown, tensors_.size()))) {
      names += (names.empty() ? "" : ", ") + io::quoted(tensor.name);
    }
    core::raise(source_ + ": expected a tensor " + io::quoted(name) + ", found "
                + (names.empty() ? "no tensor" : names) + (tensors_.size() > shown ? ", ..." : ""));
  }

  std::string source_;
  file_bytes owned_;  // empty where the caller owns the bytes
  std::vector<array> tensors_;
  std::vector<text_entry> metadata_;
};

namespace detail {

// Reads the header of one file, in the order: entries, offsets, names. Offsets are checked once all
// entries are known: sorted by where they start, each tensor must start where the one before ends,
// which rules out overlaps and hidden bytes in one pass.
class safetensors_parser final {
 public:
  static safetensors parse(std::span<const std::byte> bytes, std::string source) {
    safetensors_parser parser{bytes, std::move(source)};
    parser.read_entries();
    parser.check_offsets();
    parser.check_names();
    return std::move(parser.result_);
  }

  static safetensors parse(file_bytes owned, std::string source) {
    safetensors result = parse(std::as_const(owned).bytes(), std::move(source));
    result.owned_ = std::move(owned);
    return result;
  }

 private:
  static constexpr std::size_t length_bytes = 8;

  safetensors_parser(std::span<const std::byte> bytes, std::string source)
      : text_{header(bytes, source)},
        data_{bytes.subspan(length_bytes + text_.size())} {
    result_.source_ = std::move(source);
  }

  static std::string_view header(std::span<const std::byte> bytes, const std::string& source) {
    std::uint64_t length = 0;
    if (bytes.size() < length_bytes) {
      core::raise(source + ": expected at least 8 bytes, found " + std::to_string(bytes.size()));
    }
    std::memcpy(&length, bytes.data(), length_bytes);
    if (length > bytes.size() - length_bytes) {
      core::raise(source + ": expected a header of " + std::to_string(length) + " bytes, found "
                  + std::to_string(bytes.size() - length_bytes) + " bytes left in the file");
    }
    return {reinterpret_cast<const char*>(bytes.data()) + length_bytes,
            static_cast<std::size_t>(length)};
  }

  void read_entries() {
    cursor from{text_, result_.source_};
    // White space before the brace is JSON, but the format says that byte 8 is the brace.
    if (!text_.starts_with('{')) from.fail("'{'");
    from.expect("{");
    if (!from.accept("}")) {
      do {
        const std::string name = json_string(from);
        from.expect(":");
        if (name == "__metadata__") {
          read_metadata(from);
        } else {
          read_tensor(from, name);
        }
      } while (from.accept(","));
      from.expect("}");
    }
    from.end();
  }

  void read_metadata(cursor& from) {
    if (std::exchange(has_metadata_, true)) from.fail("one '__metadata__' only");
    from.expect("{");
    if (from.accept("}")) return;
    do {
      std::string key = json_string(from);
      from.expect(":");
      result_.metadata_.emplace_back(std::move(key), json_string(from));
    } while (from.accept(","));
    from.expect("}");
  }

  void read_tensor(cursor& from, const std::string& name) {
    constexpr std::string_view wanted = "'dtype', 'shape' and 'data_offsets', each once";
    std::optional<std::string> dtype;
    std::optional<std::vector<std::size_t>> shape;
    std::optional<std::vector<std::size_t>> offsets;
    from.expect("{");
    do {
      const std::string key = json_string(from);
      from.expect(":");
      if (key == "dtype" && !dtype) {
        dtype = json_string(from);
      } else if (key == "shape" && !shape) {
        shape = from.integers();
      } else if (key == "data_offsets" && !offsets) {
        offsets = from.integers();
      } else {
        from.fail(wanted);
      }
    } while (from.accept(","));
    from.expect("}");
    if (!dtype || !shape || !offsets || offsets->size() != 2) from.fail(wanted);
    add_tensor(name, *dtype, std::move(*shape), offsets->front(), offsets->back());
  }

  void add_tensor(const std::string& name,
                  std::string_view dtype,
                  std::vector<std::size_t> shape,
                  std::size_t begin,
                  std::size_t end) {
    const std::string label = result_.source_ + ": tensor " + io::quoted(name);
    const element_info* const info = find_element(&element_info::safetensors, dtype);
    if (info == nullptr) {
      core::raise(label + ": expected a dtype such as F32, F16, BF16, I8 or U8, found "
                  + io::quoted(dtype));
    }
    if (begin > end || end > data_.size()) {
      core::raise(label + ": expected data_offsets within [0, " + std::to_string(data_.size())
                  + "], found [" + std::to_string(begin) + ", " + std::to_string(end) + "]");
    }
    const auto bytes = byte_count(info->type, shape);
    if (bytes != end - begin) {
      core::raise(label + ": expected "
                  + (bytes ? std::to_string(*bytes) + " bytes" : "a size that can be counted")
                  + " for " + std::string(dtype) + ' ' + shape_text(shape) + ", found "
                  + std::to_string(end - begin) + " bytes");
    }
    result_.tensors_.push_back({.source = result_.source_,
                                .name = name,
                                .type = info->type,
                                .shape = std::move(shape),
                                .data = data_.subspan(begin, end - begin)});
  }

  void check_offsets() {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (const array& tensor : result_.tensors_) {
      const auto begin = static_cast<std::size_t>(tensor.data.data() - data_.data());
      ranges.emplace_back(begin, begin + tensor.data.size());
    }
    std::sort(ranges.begin(), ranges.end());
    std::size_t end = 0;
    for (const auto& [begin, next] : ranges) {
      if (begin != end) raise_gap(end, begin, begin < end ? "overlap" : "leave a gap");
      end = next;
    }
    if (end != data_.size()) raise_gap(end, data_.size(), "leave bytes behind the last tensor");
  }

  [[noreturn]] void raise_gap(std::size_t expected,
                              std::size_t found,
                              std::string_view what) const {
    core::raise(result_.source_ + ": tensors " + std::string(what) + ": expected the next at byte "
                + std::to_string(expected) + " of the data, found byte " + std::to_string(found));
  }

  void check_names() {
    auto& tensors = result_.tensors_;
    std::sort(tensors.begin(), tensors.end(), [](const array& a, const array& b) {
      return a.name < b.name;
    });
    const auto twice =
        std::adjacent_find(tensors.begin(), tensors.end(), [](const array& a, const array& b) {
          return a.name == b.name;
        });
    if (twice != tensors.end()) {
      core::raise(result_.source_ + ": expected each name once, found " + io::quoted(twice->name)
                  + " twice");
    }
  }

  safetensors result_;
  std::string_view text_;            // the header
  std::span<const std::byte> data_;  // what follows it
  bool has_metadata_ = false;
};

}  // namespace detail

/// Reads tensors from bytes that the caller keeps alive and unchanged.
///
/// @cost      linear in the header (sorting aside); the data is not touched
/// @errors    run time: truncated or oversized, a header that is not exactly of the format, an
///            unknown dtype, shape and bytes that differ, overlaps, gaps, a name twice;
///            tests/unit/io/safetensors.cpp shows each text
/// @source    https://github.com/huggingface/safetensors (format)
inline safetensors parse_safetensors(std::span<const std::byte> bytes,
                                     std::string source = "safetensors") {
  return detail::safetensors_parser::parse(bytes, std::move(source));
}

/// Reads a file of tensors into memory that the result owns.
///
/// @cost      one read of the file
/// @errors    run time: those of read_file() and parse_safetensors()
inline safetensors load_safetensors(const std::string& path) {
  return detail::safetensors_parser::parse(read_file(path), path);
}

/// The bytes of a file that holds these tensors.
///
/// @pre       names differ and are UTF-8; each array's data is as long as its type and shape say
/// @cost      two copies of the data
/// @errors    none
inline std::vector<std::byte> encode_safetensors(std::span<const array> tensors) {
  std::string text = "{";
  std::size_t end = 0;
  for (const array& tensor : tensors) {
    std::string shape;
    for (const std::size_t extent : tensor.shape) {
      if (!shape.empty()) shape += ',';
      shape += std::to_string(extent);
    }
    if (text.size() > 1) text += ',';
    text += json_quoted(tensor.name) + ":{\"dtype\":\"";
    text += info_of(tensor.type).safetensors;
    text += "\",\"shape\":[" + shape + "],\"data_offsets\":[" + std::to_string(end) + ",";
    end += tensor.data.size();
    text += std::to_string(end) + "]}";
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the data starts aligned for every element type
  const std::uint64_t length = text.size();
  std::vector<std::byte> bytes(sizeof length + text.size());
  std::memcpy(bytes.data(), &length, sizeof length);
  std::memcpy(bytes.data() + sizeof length, text.data(), text.size());
  for (const array& tensor : tensors) {
    bytes.insert(bytes.end(), tensor.data.begin(), tensor.data.end());
  }
  return bytes;
}

}  // namespace kiln::io
