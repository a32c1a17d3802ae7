// What Swift cannot see of libcrypto. No logic.
#pragma once
#include <stdint.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/// SHA-256 in three low-level calls: `SHA256()` and `EVP_Digest` of OpenSSL 3.0 look the algorithm up by name on every
/// call, which costs more than hashing a short message; the low-level calls are marked deprecated, so Swift would warn.
static inline void copenssl_sha256(const void *message, size_t count, unsigned char *digest) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, message, count);
    SHA256_Final(digest, &context);
#pragma GCC diagnostic pop
}
