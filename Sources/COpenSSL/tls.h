// libssl for SeamarkTLS: one wrapper for each macro, variadic or computed constant that Swift cannot see. No logic.
#pragma once
#include <openssl/bio.h>
#include <openssl/buffer.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// `SSL_CTX_set_min_proto_version` is a macro over SSL_CTX_ctrl.
static inline int copenssl_tls_set_min_version(SSL_CTX *ctx, int version) { return (int)SSL_CTX_set_min_proto_version(ctx, version); }
/// `SSL_CTX_set_max_proto_version` is a macro over SSL_CTX_ctrl.
static inline int copenssl_tls_set_max_version(SSL_CTX *ctx, int version) { return (int)SSL_CTX_set_max_proto_version(ctx, version); }
/// `SSL_CTX_set1_groups_list` is a macro over SSL_CTX_ctrl and wants a `char *` that it only reads.
static inline int copenssl_tls_set_groups(SSL_CTX *ctx, const char *list) { return (int)SSL_CTX_set1_groups_list(ctx, (char *)list); }
/// `SSL_CTX_set1_sigalgs_list` is a macro over SSL_CTX_ctrl and wants a `char *` that it only reads.
static inline int copenssl_tls_set_signature_algorithms(SSL_CTX *ctx, const char *list) { return (int)SSL_CTX_set1_sigalgs_list(ctx, (char *)list); }
/// `SSL_CTX_set1_client_sigalgs_list` is a macro over SSL_CTX_ctrl and wants a `char *` that it only reads.
static inline int copenssl_tls_set_client_signature_algorithms(SSL_CTX *ctx, const char *list) { return (int)SSL_CTX_set1_client_sigalgs_list(ctx, (char *)list); }
/// `SSL_CTX_set_max_cert_list` is a macro over SSL_CTX_ctrl.
static inline void copenssl_tls_set_max_certificate_list(SSL_CTX *ctx, long bytes) { SSL_CTX_set_max_cert_list(ctx, bytes); }
/// `SSL_CTX_set_session_cache_mode` is a macro over SSL_CTX_ctrl.
static inline void copenssl_tls_set_session_cache_mode(SSL_CTX *ctx, long mode) { SSL_CTX_set_session_cache_mode(ctx, mode); }
/// `SSL_CTX_set_mode` is a macro over SSL_CTX_ctrl.
static inline void copenssl_tls_set_mode(SSL_CTX *ctx, long mode) { SSL_CTX_set_mode(ctx, mode); }
/// `SSL_CTX_clear_mode` is a macro over SSL_CTX_ctrl.
static inline void copenssl_tls_clear_mode(SSL_CTX *ctx, long mode) { SSL_CTX_clear_mode(ctx, mode); }
/// `SSL_CTX_add1_chain_cert` is a macro over SSL_CTX_ctrl.
static inline int copenssl_tls_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) { return (int)SSL_CTX_add1_chain_cert(ctx, certificate); }
/// `SSL_set_tlsext_host_name` is a macro over SSL_ctrl.
static inline int copenssl_tls_set_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }
/// `SSL_set1_verify_cert_store` is a macro over SSL_ctrl.
static inline int copenssl_tls_set_verify_store(SSL *ssl, X509_STORE *store) { return (int)SSL_set1_verify_cert_store(ssl, store); }
/// `SSL_CTX_set1_verify_cert_store` is a macro over SSL_CTX_ctrl.
static inline int copenssl_tls_set_context_verify_store(SSL_CTX *ctx, X509_STORE *store) { return (int)SSL_CTX_set1_verify_cert_store(ctx, store); }
/// `SSL_set_app_data` is a macro over SSL_set_ex_data.
static inline int copenssl_tls_set_app_data(SSL *ssl, void *data) { return SSL_set_app_data(ssl, data); }
/// `SSL_get_app_data` is a macro over SSL_get_ex_data.
static inline void *copenssl_tls_get_app_data(const SSL *ssl) { return SSL_get_app_data(ssl); }
/// `SSL_set_msg_callback_arg` is a macro over SSL_ctrl.
static inline void copenssl_tls_set_message_callback_argument(SSL *ssl, void *argument) { SSL_set_msg_callback_arg(ssl, argument); }
/// `BIO_set_mem_eof_return` is a macro over BIO_ctrl: 0 makes an empty BIO the end of the stream, -1 makes it "later".
static inline void copenssl_tls_set_memory_end(BIO *bio, int value) { BIO_set_mem_eof_return(bio, value); }
/// `BIO_get_mem_ptr` is a macro over BIO_ctrl; this is how much memory a memory BIO keeps.
static inline size_t copenssl_tls_memory_capacity(BIO *bio) { BUF_MEM *memory = NULL; BIO_get_mem_ptr(bio, &memory); return memory ? memory->max : 0; }
/// `SSL_OP_…` are computed by a function-like macro.
static inline uint64_t copenssl_tls_options(void) { return SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION; }
