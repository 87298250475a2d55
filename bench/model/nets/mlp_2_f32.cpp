// SPDX-License-Identifier: MIT
// MLP_2 in f32.
#include <bench/model/nets/list.hpp>

std::unique_ptr<bench::any_net> bench::make_mlp_2_f32(int batch,
                                                      const named_weights& w,
                                                      const net_place& at) {
  return make_one_of<mlp_2, dtype::f32, 1, 8, 32, 64, 128, 256, 512>(batch, w, at);
}
