// SPDX-License-Identifier: MIT
// Memory for packed weights and scratch: owned, or checked when it is the caller's.
#pragma once

#include <kiln/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#if defined(__linux__)
#  include <sys/mman.h>
#endif

namespace kiln::tensor {

/// A cache line, which is also the widest vector.
inline constexpr std::size_t buffer_alignment = 64;

/// A large page of x86-64 and of most others. Buffers of at least as many bytes start at one and
/// ask for more of them: packed weights of some MiB are read from end to end again and again, and
/// need far fewer address translations then (1 to 2 % of a large product, measured in a virtual
/// machine).
inline constexpr std::size_t large_page = std::size_t{2} << 20;

namespace detail {
constexpr std::size_t alignment_for(std::size_t bytes) {
  return bytes >= large_page ? large_page : buffer_alignment;
}
inline std::byte* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* const p = ::operator new (bytes, std::align_val_t{alignment_for(bytes)});
#if defined(__linux__)
  // Advice only: where the system has no large pages to give, small ones serve as well.
  if (bytes >= large_page) ::madvise(p, bytes / large_page * large_page, MADV_HUGEPAGE);
#endif
  return static_cast<std::byte*>(p);
}
struct release final {
  std::size_t alignment = buffer_alignment;
  void operator()(std::byte* p) const noexcept {
    ::operator delete (p, std::align_val_t{alignment});
  }
};
}  // namespace detail

/// Bytes aligned to 64 (from 2 MiB on to 2 MiB), not initialised. Moving keeps the address and
/// leaves an empty buffer; there is no copy. No bytes: no allocation, and data() is null.
///
/// @errors  run time: std::bad_alloc
class buffer final {
 public:
  buffer() = default;
  explicit buffer(std::size_t bytes)
      : data_(detail::allocate(bytes), detail::release{detail::alignment_for(bytes)}),
        bytes_(bytes) {}
  buffer(buffer&& other) noexcept
      : data_(std::move(other.data_)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  buffer& operator=(buffer&& other) noexcept {
    data_ = std::move(other.data_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }
  buffer(const buffer&) = delete;
  buffer& operator=(const buffer&) = delete;
  ~buffer() = default;

  [[nodiscard]] std::byte* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::size_t size_bytes() const noexcept { return bytes_; }

 private:
  std::unique_ptr<std::byte, detail::release> data_;
  std::size_t bytes_ = 0;
};

/// Checks memory that the caller provides: at least `bytes`, aligned to 64. `title` is how errors
/// call it.
///
/// @errors  run time: kiln::error with both sizes, or with the address's remainder
inline void require_memory(std::span<std::byte> given, std::size_t bytes, std::string_view title) {
  if (given.size() < bytes) {
    core::raise(std::string(title) + ": expected at least " + std::to_string(bytes)
                + " bytes, actual " + std::to_string(given.size()));
  }
  const std::uintptr_t past = reinterpret_cast<std::uintptr_t>(given.data()) % buffer_alignment;
  if (past != 0 && bytes != 0) {
    core::raise(std::string(title) + ": expected an address that is a multiple of "
                + std::to_string(buffer_alignment) + ", actual " + std::to_string(past)
                + " bytes past one");
  }
}

}  // namespace kiln::tensor
