// SPDX-License-Identifier: MIT
// Reads a whole file into memory that starts at a cache line, and writes one.
#pragma once

#include <kiln/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace kiln::io {

/// The bytes of a file: owned, at a multiple of 64, where moving the object does not move them.
class file_bytes final {
 public:
  static constexpr std::align_val_t alignment{64};

  file_bytes() = default;

  /// @cost      one allocation; the bytes are not initialised
  /// @errors    run time: no memory
  file_bytes(std::size_t size, const std::string& path)
      : data_{static_cast<std::byte*>(::operator new(size, alignment, std::nothrow))},
        size_{size} {
    if (data_ == nullptr) {
      core::raise(path + ": expected memory for " + std::to_string(size) + " bytes, found none");
    }
  }

  std::span<std::byte> bytes() { return {data_.get(), size_}; }
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

 private:
  struct release final {
    void operator()(std::byte* data) const { ::operator delete(data, alignment); }
  };

  std::unique_ptr<std::byte, release> data_;
  std::size_t size_ = 0;
};

namespace detail {

struct close_file final {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using open_file = std::unique_ptr<std::FILE, close_file>;

[[noreturn]] inline void raise_system(const std::string& path, const std::string& what) {
  const int code = errno;
  core::raise(path + ": " + what + ": " + std::generic_category().message(code));
}

/// A directory opens like a file; only reading tells, so one byte is read before the size is asked.
inline std::size_t size_of(std::FILE* file, const std::string& path) {
  if (std::fgetc(file) == EOF && std::ferror(file) != 0) raise_system(path, "cannot be read");
  if (std::fseek(file, 0, SEEK_END) != 0) raise_system(path, "has no size");
  const long size = std::ftell(file);
  if (size < 0 || std::fseek(file, 0, SEEK_SET) != 0) raise_system(path, "has no size");
  return static_cast<std::size_t>(size);
}

}  // namespace detail

/// Reads a whole file.
///
/// @cost      one allocation and one copy of the file
/// @errors    run time: it does not open, is no regular file, shrinks while it is read, no memory
inline file_bytes read_file(const std::string& path) {
  const detail::open_file file{std::fopen(path.c_str(), "rb")};
  if (!file) detail::raise_system(path, "cannot be opened");
  file_bytes content{detail::size_of(file.get(), path), path};
  const auto bytes = content.bytes();
  const std::size_t read = std::fread(bytes.data(), 1, bytes.size(), file.get());
  if (read != bytes.size()) {
    core::raise(path + ": expected " + std::to_string(bytes.size()) + " bytes, read "
                + std::to_string(read));
  }
  return content;
}

/// Writes a whole file; what it held before is lost.
///
/// @errors    run time: it does not open, the bytes do not fit
inline void write_file(const std::string& path, std::span<const std::byte> bytes) {
  detail::open_file file{std::fopen(path.c_str(), "wb")};
  if (!file) detail::raise_system(path, "cannot be opened");
  const std::size_t written = std::fwrite(bytes.data(), 1, bytes.size(), file.get());
  // The last bytes leave the buffer when the file is closed, so that can fail too.
  if (std::fclose(file.release()) != 0 || written != bytes.size()) {
    detail::raise_system(path, "cannot be written");
  }
}

}  // namespace kiln::io
