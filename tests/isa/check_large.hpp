// SPDX-License-Identifier: MIT
// The kernels for large machines, checked by a program or by a shared library.
#pragma once

/// The program's exit code: 0 right, 1 wrong, 3 refused.
int check_large();
