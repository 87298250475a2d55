// SPDX-License-Identifier: MIT
// The only file that sees kiln: the net, and the functions that the two headers declare.
#include "classifier.hpp"

#include <kiln/kiln.hpp>

#include "classifier.h"
#include <exception>
#include <new>
#include <span>
#include <utility>

namespace {

using namespace kiln::literals;
constexpr auto x = kiln::input<"x", kiln::f32>(kiln::dim<"n", 256>, 64_c);
constexpr auto w1 = kiln::weight<"w1", kiln::f32>(64_c, 32_c);
constexpr auto b1 = kiln::weight<"b1", kiln::f32>(32_c);
constexpr auto w2 = kiln::weight<"w2", kiln::f32>(32_c, 10_c);
constexpr auto b2 = kiln::weight<"b2", kiln::f32>(10_c);
constexpr auto y = kiln::matmul(kiln::relu(kiln::matmul(x, w1) + b1), w2) + b2;
using net = kiln::compile<y>;

}  // namespace

struct classifier::state final {
  net::weights weights;
  net::context context;

  explicit state(const classifier_data& data)
      : weights(kiln::bind<"w1">(data.w1),
                kiln::bind<"b1">(data.b1),
                kiln::bind<"w2">(data.w2),
                kiln::bind<"b2">(data.b2)),
        context(weights) {}
  state(state&&) = default;  // packed weights and scratch stay where they are

  static state& of(classifier& c) { return *std::launder(reinterpret_cast<state*>(c.storage_)); }
};

classifier::classifier(const classifier_data& data) {
  static_assert(sizeof(state) <= sizeof(storage_) && alignof(state) <= 64);
  new (storage_) state(data);
}
classifier::classifier(classifier&& other) noexcept {
  new (storage_) state(std::move(state::of(other)));
}
classifier::~classifier() { state::of(*this).~state(); }

void classifier::run(std::span<const float> images, std::span<float> scores) {
  state::of(*this).context.run(net::view<"x">(images), net::view<"y">(scores));
}

struct classifier_c final {
  classifier net;
};

classifier_c* classifier_create(const float* w1_data,
                                const float* b1_data,
                                const float* w2_data,
                                const float* b2_data) try {
  return new classifier_c{classifier({.w1 = {w1_data, 64UL * 32},
                                      .b1 = {b1_data, 32},
                                      .w2 = {w2_data, 32UL * 10},
                                      .b2 = {b2_data, 10}})};
} catch (const std::exception&) {
  return nullptr;
}

int classifier_run(classifier_c* c, const float* images, std::size_t n, float* scores) try {
  c->net.run({images, n * 64}, {scores, n * 10});
  return 0;
} catch (const kiln::error&) {
  return 1;
}

void classifier_destroy(classifier_c* c) { delete c; }
