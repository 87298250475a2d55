// SPDX-License-Identifier: MIT
// Compiled once for each instruction set: the net, and the table that leads to it.
#include "digits_net.hpp"

#include <kiln/calibrate.hpp>
#include <kiln/kiln.hpp>

#include <memory>
#include <span>

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(32_c, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(64_c, 64_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(64_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(64_c, 10_c);
constexpr auto b2 = kiln::weight<"b2", kiln::f32>(10_c);
constexpr auto y = kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2) + b2;
// Products of bf16: on tiles, or with instructions for pairs, where there are such.
using net = kiln::compile<y, kiln::in_bf16>;
static_assert(batch == 32);

class compiled_net final : public digits_net {
 public:
  explicit compiled_net(const digits_data& data)
      : weights_(kiln::bind<"w1">(data.w1),
                 kiln::bind<"b1">(data.b1),
                 kiln::bind<"w2">(data.w2),
                 kiln::bind<"b2">(data.b2)),
        context_(weights_) {}

  void run(std::span<const float, batch * 64> images,
           std::span<float, batch * 10> scores) noexcept override {
    context_.run(net::view<"x">(images), net::view<"y">(scores));
  }

 private:
  net::weights weights_;
  net::context context_;
};

constinit const digits_table table{[](const digits_data& data) -> std::unique_ptr<digits_net> {
  return std::make_unique<compiled_net>(data);
}};

}  // namespace

const digits_table* digits_kernels() { return &table; }
