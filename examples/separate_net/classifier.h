/* SPDX-License-Identifier: MIT */
/* The same net as plain C functions. */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct classifier_c;

/* w1: 64 x 32, b1: 32, w2: 32 x 10, b2: 10. NULL: no memory, or a null pointer was given. */
struct classifier_c* classifier_create(const float* w1, const float* b1, const float* w2, const float* b2);

/* images: n x 64, scores: n x 10, n from 1 to 256. 0: done; 1: nothing was written, because n is out
   of range, a pointer is null or the two overlap. */
int classifier_run(struct classifier_c* net, const float* images, size_t n, float* scores);

void classifier_destroy(struct classifier_c* net);

#ifdef __cplusplus
}
#endif

#endif
