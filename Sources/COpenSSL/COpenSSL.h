// What Swift cannot see of libssl and libcrypto (macros, variadics, computed constants), one sentence each, no logic.
#pragma once
#include "crypto.h"
#include "tls.h"
