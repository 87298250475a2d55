// SPDX-License-Identifier: MIT
// The net of handwritten digits in f32.
#include <bench/model/nets/list.hpp>

std::unique_ptr<bench::any_net> bench::make_digits_f32(int batch,
                                                       const named_weights& w,
                                                       const net_place& at) {
  return make_one_of<digits, dtype::f32, 1, 32>(batch, w, at);
}
