// SPDX-License-Identifier: MIT
// Memory of operands: every array begins at a page.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace bench {

struct free_memory final {
  void operator()(void* p) const { std::free(p); }
};
template <class Element>
using elements = std::unique_ptr<Element[], free_memory>;

/// Elements in pages of their own.
template <class Element>
elements<Element> allocate(std::size_t elems) {
  constexpr std::size_t page = 4096;
  const std::size_t bytes = (elems * sizeof(Element) + page) / page * page;
  return elements<Element>(static_cast<Element*>(std::aligned_alloc(page, bytes)));
}

}  // namespace bench
