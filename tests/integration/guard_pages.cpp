// SPDX-License-Identifier: MIT
// Nothing is read or written beside the caller's memory: inputs, outputs, weights, packed memory
// and scratch end, then begin, at pages that must not be touched.
#include <kiln/kiln.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"batch", 21>, 19_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(19_c, 35_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(35_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(35_c, 7_c);
constexpr auto y = kiln::softmax(kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2));
using net = kiln::compile<y>;

/// Memory between two pages that must not be touched.
class guarded {
 public:
  explicit guarded(std::size_t bytes)
      : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    inner_ = (bytes + page_ - 1) / page_ * page_;
    void* const p =
        mmap(nullptr, inner_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(p != MAP_FAILED);
    all_ = static_cast<std::byte*>(p);
    REQUIRE(mprotect(all_ + page_, inner_, PROT_READ | PROT_WRITE) == 0);
  }
  guarded(const guarded&) = delete;
  guarded& operator=(const guarded&) = delete;
  ~guarded() { munmap(all_, inner_ + 2 * page_); }

  /// n elements that end where the last guard page begins, or begin where the first one ends.
  template <class T>
  std::span<T> span(std::size_t n, bool at_end) {
    std::byte* const first = all_ + page_ + (at_end ? inner_ - n * sizeof(T) : 0);
    return {reinterpret_cast<T*>(first), n};
  }

 private:
  std::size_t page_;
  std::size_t inner_ = 0;
  std::byte* all_ = nullptr;
};

std::span<const float> fill(std::span<float> to) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<float>(i % 7) * 0.25F - 0.5F;
  return to;
}

}  // namespace

TEST_CASE("every batch size stays inside") {
  for (const bool at_end : {true, false}) {
    guarded gw1(19 * 35 * 4), gb1(35 * 4), gw2(35 * 7 * 4);
    guarded packed(net::packed_bytes), scratch(net::scratch_bytes);
    const net::weights w{packed.span<std::byte>(net::packed_bytes, at_end),
                         kiln::bind<"w1">(fill(gw1.span<float>(19 * 35, at_end))),
                         kiln::bind<"b1">(fill(gb1.span<float>(35, at_end))),
                         kiln::bind<"w2">(fill(gw2.span<float>(35 * 7, at_end)))};
    net::context c{w, scratch.span<std::byte>(net::scratch_bytes, at_end)};
    for (std::size_t batch = 1; batch <= 21; ++batch) {
      guarded gx(batch * 19 * 4), gy(batch * 7 * 4);
      const std::span<float> out = gy.span<float>(batch * 7, at_end);
      c.run(net::view<"x">(fill(gx.span<float>(batch * 19, at_end))), net::view<"y">(out));
      for (std::size_t i = 0; i < batch; ++i) {
        float sum = 0;
        for (std::size_t j = 0; j < 7; ++j) sum += out[i * 7 + j];
        CHECK(sum == doctest::Approx(1.0F));
      }
    }
  }
}

TEST_CASE("the last row need not have its gap") {
  guarded gx((20 * 24 + 19) * 4), gy((20 * 9 + 7) * 4);
  const std::vector<float> w1_data(19 * 35, 0.1F), b1_data(35), w2_data(35 * 7, 0.2F);
  const net::weights w{
      kiln::bind<"w1">(w1_data), kiln::bind<"b1">(b1_data), kiln::bind<"w2">(w2_data)};
  net::context c{w};
  const std::span<float> in = gx.span<float>(20 * 24 + 19, true);
  const std::span<float> out = gy.span<float>(20 * 9 + 7, true);
  fill(in);
  c.run(net::view<"x">(kiln::rows(in, 24)), net::view<"y">(kiln::rows(out, 9)));
  CHECK(out[20 * 9] == doctest::Approx(1.0F / 7));
}
