// SPDX-License-Identifier: MIT
// Convolutions that run on the matrix unit where there is one, against the meaning of the graph.
#include <support/convolutions.hpp>

namespace {

using kiln::test::convolution_case;

constexpr convolution_case halving{
    .h = 15, .w = 13, .c = 32, .f = 40, .r = 3, .s = 3, .at = {2, 2, 1, 1, 1, 1, 1, 1, 1}};
constexpr convolution_case thinned{
    .h = 13, .w = 12, .c = 64, .f = 33, .at = {2, 2, 0, 0, 0, 0, 1, 1, 1}};
constexpr convolution_case grouped{
    .h = 9, .w = 17, .c = 96, .f = 32, .r = 3, .s = 3, .at = {1, 1, 1, 1, 1, 1, 1, 1, 2}};
constexpr convolution_case dilated{
    .h = 12, .w = 18, .c = 40, .f = 16, .r = 3, .s = 3, .at = {1, 2, 2, 2, 2, 2, 2, 3, 1}};
constexpr convolution_case cut{.h = 6, .w = 16, .c = 64, .f = 20, .r = 2, .s = 2, .cut = 2};
constexpr convolution_case first{
    .h = 31, .w = 33, .c = 3, .f = 40, .r = 7, .s = 7, .at = {2, 2, 3, 3, 2, 3, 1, 1, 1}};
constexpr convolution_case first_of_one{
    .h = 18, .w = 40, .c = 1, .f = 16, .r = 5, .s = 5, .at = {1, 3, 2, 2, 2, 1, 1, 1, 1}, .cut = 1};

}  // namespace

TEST_CASE("few channels") {
  kiln::test::check_floats<first>();
  kiln::test::check_integers<first>();
  kiln::test::check_integers<first_of_one>();
}
TEST_CASE("every other pixel") {
  kiln::test::check_floats<halving>();
  kiln::test::check_integers<halving>();
}
TEST_CASE("one tap of every other pixel") { kiln::test::check_integers<thinned>(); }
TEST_CASE("groups") { kiln::test::check_integers<grouped>(); }
TEST_CASE("distant taps") { kiln::test::check_floats<dilated>(); }
TEST_CASE("part of an image") { kiln::test::check_integers<cut>(); }
