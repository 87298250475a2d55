// SPDX-License-Identifier: MIT
// Memory whose neighbours fault when they are touched.
#pragma once

#include <cstddef>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace kiln::test {

/// Room for `count` elements that end where an inaccessible page begins and start in the page that
/// follows another one.
template <class T>
class guarded final {
 public:
  explicit guarded(std::size_t count)
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
        room_((count * sizeof(T) + page_ - 1) / page_ * page_) {
    void* all = mmap(nullptr, room_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<std::byte*>(all);
    const bool opened = room_ == 0 || mprotect(base_ + page_, room_, PROT_READ | PROT_WRITE) == 0;
    if (!opened) throw std::bad_alloc();
    count_ = count;
  }
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  ~guarded() { munmap(base_, room_ + 2 * page_); }

  /// The elements; the byte after the last one is out of reach.
  T* data() { return reinterpret_cast<T*>(base_ + page_ + room_) - count_; }
  /// As many elements from the first byte in reach on.
  T* front() { return reinterpret_cast<T*>(base_ + page_); }

 private:
  std::size_t page_;
  std::size_t room_;
  std::size_t count_ = 0;
  std::byte* base_ = nullptr;
};

}  // namespace kiln::test
