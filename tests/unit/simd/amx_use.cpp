// SPDX-License-Identifier: MIT
// Who may use tiles, and that holders configure them as seldom as they promise.
#include <kiln/core/error.hpp>
#include <kiln/simd/amx.hpp>
#include <kiln/simd/amx_use.hpp>

#include <doctest/doctest.h>

#if defined(__x86_64__)

#  include <support/amx_interpreter.hpp>
#  include <thread>

namespace simd = kiln::simd;

namespace {

constexpr simd::tile_shape full{16, 64};
constexpr simd::tile_config first = simd::configure_tiles({full});
constexpr simd::tile_config second = simd::configure_tiles({full, full});

bool in_use(const simd::tile_config& expected) {
  simd::tile_config now{};
  simd::store_tile_config(now);
  return now == expected;
}
bool released() {
  simd::tile_config none{};
  none.palette = 0;
  return in_use(none);
}
void start() {
  if (!simd::may_use_tiles()) kiln::test::interpret_amx();
}

}  // namespace

TEST_CASE("permission comes only with support, and a refusal is an error that says so") {
  if (simd::may_use_tiles()) {
    CHECK(simd::supported_tiles().bytes);
    CHECK_NOTHROW(simd::require_tiles());
  } else {
    CHECK_THROWS_AS(simd::require_tiles(), kiln::error);
  }
}

TEST_CASE("it is the system that is asked") {
  CHECK((simd::detail::tile_permission == &simd::detail::ask_for_permission));
}

TEST_CASE("the outermost holder gives the tiles up") {
  start();
  {
    const simd::tile_holder outer;
    {
      const simd::tile_holder inner;
      inner.use(first);
      CHECK(in_use(first));
    }
    CHECK(in_use(first));
    // Configured once: a second use of the same leaves what the tiles hold.
    alignas(64) unsigned char bytes[1024] = {1, 2, 3}, read[1024] = {};
    simd::load_tile<0>(bytes, 64);
    outer.use(first);
    simd::store_tile<0>(read, 64);
    CHECK(read[2] == 3);
    outer.use(second);
    CHECK(in_use(second));
    simd::store_tile<0>(read, 64);
    CHECK(read[2] == 0);
  }
  CHECK(released());
}

TEST_CASE("every thread has tiles of its own") {
  start();
  const simd::tile_holder here;
  here.use(first);
  std::thread([] {
    {
      const simd::tile_holder there;
      there.use(second);
      CHECK(in_use(second));
    }
    CHECK(released());
  }).join();
  CHECK(in_use(first));
}

#else

TEST_CASE("only x86 has tiles") { CHECK_FALSE(kiln::simd::may_use_tiles()); }

#endif
