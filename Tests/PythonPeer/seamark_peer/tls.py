"""Section 5, TLS: one blocking client connection on the system's OpenSSL 3, reached through ctypes.

Python's `ssl` can neither verify a name other than the one it sends, nor export keying material (RFC 8446 section 7.5), and
the protocol needs both. The verification is OpenSSL's own, inside the handshake, so that the client's certificate is not
sent to a server that is not the right one: the last certificate of the server's chain must have the pinned key, and then it
is the only trusted one.
"""

import ctypes
import ctypes.util
import hashlib
import hmac
import socket

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LIBRARY = ctypes.CDLL(ctypes.util.find_library("ssl") or "libssl.so.3")
CRYPTO = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")

TLS_1_3 = 0x0304
SET_MIN_PROTO_VERSION, SET_HOST_NAME, SET_GROUPS_LIST, SET_SESSION_CACHE_MODE = 123, 55, 92, 44
NO_TICKET = 1 << 14
VERIFY_PEER = 1
KEY_EC = 408
ERROR_ZERO_RETURN = 6
VERIFY_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

POINTER, INT, LONG, ULONG, SIZE, TEXT = (
    ctypes.c_void_p,
    ctypes.c_int,
    ctypes.c_long,
    ctypes.c_ulong,
    ctypes.c_size_t,
    ctypes.c_char_p,
)


def function(library, name, result, *arguments):
    found = getattr(library, name)
    found.restype, found.argtypes = result, arguments
    return found


TLS_client_method = function(LIBRARY, "TLS_client_method", POINTER)
SSL_CTX_new = function(LIBRARY, "SSL_CTX_new", POINTER, POINTER)
SSL_CTX_free = function(LIBRARY, "SSL_CTX_free", None, POINTER)
SSL_CTX_ctrl = function(LIBRARY, "SSL_CTX_ctrl", LONG, POINTER, INT, LONG, POINTER)
SSL_CTX_set_options = function(LIBRARY, "SSL_CTX_set_options", ctypes.c_uint64, POINTER, ctypes.c_uint64)
SSL_CTX_set_verify = function(LIBRARY, "SSL_CTX_set_verify", None, POINTER, INT, POINTER)
SSL_CTX_set_cert_verify_callback = function(LIBRARY, "SSL_CTX_set_cert_verify_callback", None, POINTER, VERIFY_CALLBACK, POINTER)
SSL_CTX_use_certificate_ASN1 = function(LIBRARY, "SSL_CTX_use_certificate_ASN1", INT, POINTER, INT, TEXT)
SSL_CTX_use_PrivateKey_ASN1 = function(LIBRARY, "SSL_CTX_use_PrivateKey_ASN1", INT, INT, POINTER, TEXT, LONG)
SSL_new = function(LIBRARY, "SSL_new", POINTER, POINTER)
SSL_free = function(LIBRARY, "SSL_free", None, POINTER)
SSL_ctrl = function(LIBRARY, "SSL_ctrl", LONG, POINTER, INT, LONG, POINTER)
SSL_set_fd = function(LIBRARY, "SSL_set_fd", INT, POINTER, INT)
SSL_connect = function(LIBRARY, "SSL_connect", INT, POINTER)
SSL_read = function(LIBRARY, "SSL_read", INT, POINTER, POINTER, INT)
SSL_write = function(LIBRARY, "SSL_write", INT, POINTER, TEXT, INT)
SSL_shutdown = function(LIBRARY, "SSL_shutdown", INT, POINTER)
SSL_get_error = function(LIBRARY, "SSL_get_error", INT, POINTER, INT)
SSL_export_keying_material = function(
    LIBRARY, "SSL_export_keying_material", INT, POINTER, POINTER, SIZE, TEXT, SIZE, POINTER, SIZE, INT
)
X509_STORE_CTX_get0_untrusted = function(CRYPTO, "X509_STORE_CTX_get0_untrusted", POINTER, POINTER)
X509_STORE_CTX_get0_param = function(CRYPTO, "X509_STORE_CTX_get0_param", POINTER, POINTER)
X509_STORE_CTX_set0_trusted_stack = function(CRYPTO, "X509_STORE_CTX_set0_trusted_stack", None, POINTER, POINTER)
X509_VERIFY_PARAM_set1_host = function(CRYPTO, "X509_VERIFY_PARAM_set1_host", INT, POINTER, TEXT, SIZE)
X509_verify_cert = function(CRYPTO, "X509_verify_cert", INT, POINTER)
OPENSSL_sk_num = function(CRYPTO, "OPENSSL_sk_num", INT, POINTER)
OPENSSL_sk_value = function(CRYPTO, "OPENSSL_sk_value", POINTER, POINTER, INT)
OPENSSL_sk_new_null = function(CRYPTO, "OPENSSL_sk_new_null", POINTER)
OPENSSL_sk_push = function(CRYPTO, "OPENSSL_sk_push", INT, POINTER, POINTER)
OPENSSL_sk_free = function(CRYPTO, "OPENSSL_sk_free", None, POINTER)
i2d_X509 = function(CRYPTO, "i2d_X509", INT, POINTER, POINTER)
ERR_get_error = function(CRYPTO, "ERR_get_error", ULONG)
ERR_reason_error_string = function(CRYPTO, "ERR_reason_error_string", TEXT, ULONG)
ERR_clear_error = function(CRYPTO, "ERR_clear_error", None)


class TLSError(Exception):
    """The connection could not be made, or broke."""


def reason():
    code = ERR_get_error()
    said = ERR_reason_error_string(code) if code else None
    return said.decode() if said else "the connection was cut"


def pin_of(certificate):
    """SHA-256 of a certificate's subject public key info."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def der(certificate):
    data = ctypes.create_string_buffer(i2d_X509(certificate, None))
    i2d_X509(certificate, ctypes.byref(ctypes.c_void_p(ctypes.addressof(data))))
    return data.raw


class Connection:
    """A connection whose server was verified. Close it with `close`, which sends close_notify."""

    def __init__(self, host, port, label, server_name, pin, identity=None, timeout=30):
        """`identity`: the client's certificate and key, both in DER; None for the enrolment door."""
        self.refusal = None
        self.trusted = None
        self.ssl = None
        self.socket = socket.create_connection((host, port), timeout)
        # OpenSSL reads the descriptor itself: it must block, and the kernel keeps the time.
        self.socket.setblocking(True)
        span = timeout.to_bytes(8, "little") + bytes(8)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self.socket.setsockopt(socket.SOL_SOCKET, option, span)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def verify(store, _):
            try:
                return self.verify(store, server_name.encode(), pin)
            except Exception as error:  # nothing may pass through C
                self.refusal = self.refusal or str(error)
                return 0

        self.callback = VERIFY_CALLBACK(verify)
        ERR_clear_error()
        self.context = SSL_CTX_new(TLS_client_method())
        try:
            SSL_CTX_ctrl(self.context, SET_MIN_PROTO_VERSION, TLS_1_3, None)
            self.must(SSL_CTX_ctrl(self.context, SET_GROUPS_LIST, 0, ctypes.cast(TEXT(b"X25519:P-256:P-384"), POINTER)))
            SSL_CTX_ctrl(self.context, SET_SESSION_CACHE_MODE, 0, None)
            SSL_CTX_set_options(self.context, NO_TICKET)
            SSL_CTX_set_verify(self.context, VERIFY_PEER, None)
            SSL_CTX_set_cert_verify_callback(self.context, self.callback, None)
            if identity:
                certificate, key = identity
                self.must(SSL_CTX_use_certificate_ASN1(self.context, len(certificate), certificate))
                self.must(SSL_CTX_use_PrivateKey_ASN1(KEY_EC, self.context, key, len(key)))
            self.ssl = SSL_new(self.context)
            self.must(SSL_ctrl(self.ssl, SET_HOST_NAME, 0, ctypes.cast(TEXT(label.encode()), POINTER)))
            self.must(SSL_set_fd(self.ssl, self.socket.fileno()))
            self.must(SSL_connect(self.ssl))
        except BaseException:
            self.free()
            raise

    def must(self, result):
        if result != 1:
            raise TLSError(self.refusal or reason())

    def verify(self, store, server_name, pin):
        """Called by OpenSSL in the handshake with the server's chain: whether it is the right server."""
        chain = X509_STORE_CTX_get0_untrusted(store)
        last = OPENSSL_sk_value(chain, OPENSSL_sk_num(chain) - 1)
        if not hmac.compare_digest(pin_of(der(last)), pin):
            self.refusal = "the installation authority is not the one that the invitation names"
            return 0
        self.trusted = OPENSSL_sk_new_null()
        OPENSSL_sk_push(self.trusted, last)
        X509_STORE_CTX_set0_trusted_stack(store, self.trusted)
        X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(store), server_name, len(server_name))
        if X509_verify_cert(store) != 1:
            self.refusal = "the server's certificate does not verify, or is for another name"
            return 0
        return 1

    def export(self, label, length=32):
        """Keying material of this connection, without context."""
        out = ctypes.create_string_buffer(length)
        self.must(SSL_export_keying_material(self.ssl, out, length, label, len(label), None, 0, 0))
        return out.raw

    def write(self, data):
        ERR_clear_error()
        if SSL_write(self.ssl, data, len(data)) != len(data):
            raise TLSError(reason())

    def read(self, count):
        """Exactly `count` bytes, or none at all when the server closed in order."""
        out = bytearray()
        while len(out) < count:
            space = ctypes.create_string_buffer(min(count - len(out), 1 << 16))
            ERR_clear_error()
            got = SSL_read(self.ssl, space, len(space))
            if got <= 0:
                if SSL_get_error(self.ssl, got) == ERROR_ZERO_RETURN and not out:
                    return b""
                raise TLSError(reason())
            out += space.raw[:got]
        return bytes(out)

    def close(self):
        if self.ssl:
            ERR_clear_error()
            SSL_shutdown(self.ssl)
        self.free()

    def free(self):
        if self.ssl:
            SSL_free(self.ssl)
            self.ssl = None
        if self.context:
            SSL_CTX_free(self.context)
            self.context = None
        if self.trusted:
            OPENSSL_sk_free(self.trusted)
            self.trusted = None
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
