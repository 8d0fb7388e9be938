#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* Macros that Swift does not see. */

/* Server name indication; 1 when it was set. */
static inline long assay_tls_name(SSL *connection, const char *host) {
    return SSL_set_tlsext_host_name(connection, host);
}

/* At least TLS 1.2; 1 when it was set. */
static inline long assay_tls_minimum(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/* For sockets that do not wait: a write may take a part of the bytes, and go on from other memory. */
static inline long assay_tls_partial_writes(SSL_CTX *context) {
    return SSL_CTX_set_mode(context,
                            SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
