internal import COpenSSL

/// Which end of a connection a certificate is for. A certificate has exactly one purpose here.
public enum CertificatePurpose: Hashable, Sendable {
    case client
    case server

    var extendedUsage: UInt32 {
        switch self {
        case .client: UInt32(XKU_SSL_CLIENT)
        case .server: UInt32(XKU_SSL_SERVER)
        }
    }

    var extendedUsageNumber: Int32 {
        switch self {
        case .client: NID_client_auth
        case .server: NID_server_auth
        }
    }

    var chainPurpose: Int32 {
        switch self {
        case .client: X509_PURPOSE_SSL_CLIENT
        case .server: X509_PURPOSE_SSL_SERVER
        }
    }
}
