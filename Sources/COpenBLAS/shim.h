// The two headers of OpenBLAS this project uses: matrix products and the thread count.
#pragma once
#include <cblas.h>
