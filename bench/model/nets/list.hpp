// SPDX-License-Identifier: MIT
// All nets that are compiled, one function a translation unit.
#pragma once

#include <bench/model/any_net.hpp>

namespace bench {

using net_maker = std::unique_ptr<any_net>(int batch, const named_weights& w, const net_place& at);
net_maker make_digits_f32, make_mlp_1_f32, make_mlp_1_bf16, make_mlp_1_u8, make_mlp_2_f32,
    make_mlp_2_bf16, make_mlp_2_u8;

}  // namespace bench
