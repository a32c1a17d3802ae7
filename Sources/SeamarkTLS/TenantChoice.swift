/// What a label leads to: whom to trust for it, and whose it is.
///
/// Both travel together from the choice to the established conversation, so that what was verified and what is opened cannot differ.
public struct TenantChoice: Sendable {
    public let authority: TrustedAuthority
    /// The server's own handle, opaque here; the conversation hands it back.
    public let tenant: any AnyObject & Sendable

    public init(authority: TrustedAuthority, tenant: any AnyObject & Sendable) {
        self.authority = authority
        self.tenant = tenant
    }
}
