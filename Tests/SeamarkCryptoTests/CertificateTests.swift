import SeamarkCrypto
import SeamarkJournal
import Testing

/// Made with Python's `cryptography` 48; every key in them was thrown away.
private enum Foreign {
    static let publicKey = "3059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0"
    static let signature = "304502205c2c7da6ac956ca7af11520163cde69cf8ff9bfb90770067d4df37b20c99ccd4022100a2d133a1b8b98755ef50ceae3387a6798af0a06c369c00a50bd52dc1167ae1a2"
    static let plainRequest = "3081b9306202010030003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a000300a06082a8648ce3d040302034700304402207ef5e336514116e8fc3eecf0f0cc511a523b96c5db96c8da707aad83d6bd697302200f80360f3ba22a54632c36f7123088fa832f812c5483a09f6a6ce5c1222d0d86"
    static let requestWithSubject = "3081d2307902010030173115301306035504030c0c736f6d656f6e6520656c73653059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a000300a06082a8648ce3d0403020349003046022100fa1142f97a7c52e5dd881fcc3a3223f258a73db6c5c9be2cf7ee3b531e03f9ce022100902621bbfd99b2f59bec0dcceb2fca4bfff9f5253a2df75e73235bf9acc4f474"
    static let requestForAuthority = "3081db30818102010030003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a01f301d06092a864886f70d01090e3110300e300c0603551d13040530030101ff300a06082a8648ce3d04030203490030460221008073c9c55090f5bf31e324c0a8079f76e28445436e82d01988ff3febe3b547bd02210080e8563f58fe4d23494f11a16a5134c8ca5304a30133c1b018f03d4b52810d77"
    static let requestForName = "3081ea30819202010030003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a030302e06092a864886f70d01090e3121301f301d0603551d110416301486127365616d61726b3a2f2f74656e616e742f62300a06082a8648ce3d0403020347003044022004ab838a66ad6b9d4e143d96b410a09ae0f2fbcc795a5c432433360ca34ad26702202680ad8708348fea73a72991095e542eabe1a33403e7033177cb50e7ed549646"
    static let requestWithChallenge = "3081cd307402010030003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a012301006092a864886f70d01090731030c0178300a06082a8648ce3d0403020349003046022100f1894a773b8c9de5264f328ec0a6bf3bdb52f7ffa6367e6f2287e200e4d8507a0221008c0d9c8915bc8ba86ff164b57b713af446709c4584704512989a487ea4420a91"
    static let requestP384 = "3081f7307f02010030003076301006072a8648ce3d020106052b8104002203620004fdd9227f6be78f6b0c5d361e6720ea73030e06f1d4b937dca069db85e9be17560a5562d29136f75094fa13e1d3e5bc4403a3b64cd14864d044703ee30dd12b95a473b76cec386f2b3f8924a30f03b3fe4a4ed02ec6f6bc5b4e9d12b561822121a000300a06082a8648ce3d0403020368003065023100ae62868d1a8b54144a60b11ed2f0e66367fdb21ad94ba87977c266becd07b5cb786a6158c99c2cd44f7f86b3e370431402304c7fe835f7c52d040dc1980435c4a00f3b30f8dba99c9f28428e08c6488f477c4d7d04402759c552e5cf57eec3e1029a"
    static let requestEd25519 = "307f30330201003000302a300506032b65700321005579a7dc262f6ee638986accc1f17889e1733836083211c3c0f8c6361f24230ca000300506032b6570034100608f73d2f1e2bac4e3d9a20b02f7035fc0fa29618969ac19be428803a1577ebc5a416120905a8ef6706cae1a654b5f23ce435467c2564518383ea80ae95fc005"
    static let requestRSA = "308202453082012d020100300030820122300d06092a864886f70d01010105000382010f003082010a0282010100d351070f65c0bb64c540b39851cec315c0b307fb27cbe81f8a59572d08075dda8e76cc0b19c1d7e7d4a426f9688ca581f5ea1a3c614e3e33f404abd161d4db7d3a6962e6151ad746adfe4bb418ac2b30934f11b36a0c1dd9cbf4a77986835dfec36ef1cf6a3c87cc1d7209632a1657c3bd86b1d10c1b7df1992e2548216d5e9ad7ecd1159f04547d3be9502231527d86e9f9513dd9dc6bf291eea0cb2c0212eee09bb6c8112e04f1ac8c56ccf43707e0512f9f6fcbaa5b25a2d09928340920eb383627eae343fd5ebd84ddc5c561d6174c07c8f9c1aa8854b9f60fc66a6febd95f05f20247f4257d5e47f5963ee3fce2f2f8ede58825be8f872391af2ae2d2a90203010001a000300d06092a864886f70d01010b05000382010100ac0c6802197605f9956aa31d2ebf1ca29d6b4a32c44272c1699212552330c6269dccbaea079c514a488ed92284bc079850425a49fc3541c5cc499035a7e4b11a679eac05927724beb776a8dc4cd79347b4f47dfc3cee24cded2e9e1d0f6b29f5d2e8f369e0d8e7d9588f7b13defd22fc7143c3883ec10b71b326fecfd43b591d4525ed38702024145e9b8d1bb068feac35632a8303b7cc4bdf9bc85d3e5e93360f143a4e7421568671d81ac3567929a229aacda9230e0e0f9459842fa4f218c544cfa3dd9352264651adca7d453eba09d7ff3b27473122c937891fc3fda673f3427df0f9916018a5f26cc0b7176b273d06e6aec1fce42b04d61610e844714209"
    static let certificateWithFourNames = "308201383081dea00302010202014d300a06082a8648ce3d04030230003020170d3236303130313030303030305a180f32303630303130313030303030305a30003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a347304530430603551d11043c303a860b7365616d61726b3a2f2f618209622e6578616d706c6586117365616d61726b3a2f2f632c444e533a64810d65406578616d706c652e6f7267300a06082a8648ce3d0403020349003046022100b733d8ef0b5a7d93499627ce1526a80bdc8941abc6269fabb09f8be660d5ad2a022100e436e0a70f1cadc607af8ca0bd175e28c82a0a939844705913b3a20f18de17e8"
    static let certificateWithNULInURI = "308201103081b7a00302010202014d300a06082a8648ce3d04030230003020170d3236303130313030303030305a180f32303630303130313030303030305a30003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a320301e301c0603551d110415301386117365616d61726b3a2f2f61002e6576696c300a06082a8648ce3d040302034800304502205e44a109b543535a4aad1adf2a82c1e4b5b847eaa462b5d694cf73dd8571bcb0022100a608093d5f14eaaebc4077fbcbd9741eefa179cba995b3096cbff77c2f10dd7a"
    static let certificateWithNULInDNSName = "308201023081a9a00302010202014d300a06082a8648ce3d04030230003020170d3236303130313030303030305a180f32303630303130313030303030305a30003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a3123010300e0603551d11040730058203610062300a06082a8648ce3d0403020348003045022003d68d50ca7a1dec1809ccea8925508a0b26495ba4944f7442c16c075c2fd4d9022100b7d4d2c3082f662ff8df6be1c5e31eaa766259aed22d74b75a29dcab1d0c8a46"
    static let certificateForBothPurposes = "308201103081b8a00302010202014d300a06082a8648ce3d04030230003020170d3236303130313030303030305a180f32303630303130313030303030305a30003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0a321301f301d0603551d250416301406082b0601050507030206082b06010505070301300a06082a8648ce3d0403020347003044022014e661782a8da4fb4e2c1af35924802f45f8bd76e163c50867738dcb4178e3db02207dbb9f3bbc190e6a60569e1a5d57f285e1abdb1984f1e0fc5b058f494894431c"
    static let issuer = "3082018030820125a00302010202142db62fb5b36d80045f9621b40777dc8ce69331a8300a06082a8648ce3d040302301c311a301806035504030c11466f726569676e20617574686f72697479301e170d3236303130313030303030305a170d3436303130313030303030305a301c311a301806035504030c11466f726569676e20617574686f726974793059301306072a8648ce3d020106082a8648ce3d030107034200041b3eddba09d394dee2dcd0f4a7737d7b1b81c9b9510f9ae9bfc1003891c05a23794600feed868c504444b09d687c02058c9693c43062941e6bd5317cf10d2069a345304330120603551d130101ff040830060101ff020100300e0603551d0f0101ff040403020106301d0603551d0e0416041414655e820e09dd1b13aeb53397fe1eab717f9cd9300a06082a8648ce3d0403020349003046022100c29a85fd70a1ec7d2f241019dd972f1a2e0c8a89daa03f0aa924538be6ba65f4022100bc17dbb2e32ab67cea4735ce80c96667a1e7dcb1086a3b83e346ea8eb1bf8a50"
    static let issuedForClients = "308201bc30820162a00302010202140b3c84473190c22a885f0de046bc6c089e4fd15c300a06082a8648ce3d040302301c311a301806035504030c11466f726569676e20617574686f72697479301e170d3236303130313030303030305a170d3436303130313030303030305a300f310d300b06035504030c046c6561663059301306072a8648ce3d020106082a8648ce3d0301070342000484b55cf1ba6a0e362fdc84a11040d56b35d1e92f570de7b5354cc914277b28affe232c7b1eaec047dbf9710aefcdef90b512d01e797ce81bed15fb896b980cd3a3818e30818b300c0603551d130101ff04023000300e0603551d0f0101ff040403020780301f0603551d2304183016801414655e820e09dd1b13aeb53397fe1eab717f9cd9301d0603551d0e041604140f08f9106b19b106917c2c248a4d8627c41e3dd530160603551d11040f300d860b7365616d61726b3a2f2f7830130603551d25040c300a06082b06010505070302300a06082a8648ce3d0403020348003045022100a28877230453de5d482398908cfa2022e0448484a7f8fddbe120c3ed0ce0475202207a5a601c21af4042e727e9ec4f0179f1a04c83a9d527ab2bcc8a65c8bc6508c0"
    static let issuedForAnyPurpose = "308201a63082014ba003020102021417d284cb063fe82e1cf11701e72442d661f2378b300a06082a8648ce3d040302301c311a301806035504030c11466f726569676e20617574686f72697479301e170d3236303130313030303030305a170d3436303130313030303030305a300f310d300b06035504030c046c6561663059301306072a8648ce3d020106082a8648ce3d0301070342000484b55cf1ba6a0e362fdc84a11040d56b35d1e92f570de7b5354cc914277b28affe232c7b1eaec047dbf9710aefcdef90b512d01e797ce81bed15fb896b980cd3a3783076300c0603551d130101ff04023000300e0603551d0f0101ff040403020780301f0603551d2304183016801414655e820e09dd1b13aeb53397fe1eab717f9cd9301d0603551d0e041604140f08f9106b19b106917c2c248a4d8627c41e3dd530160603551d11040f300d860b7365616d61726b3a2f2f78300a06082a8648ce3d0403020349003046022100b92d509a69f40442f5c8778bef532857d7980b6cb055ac2100ce3b30479e4c54022100d431531d09b5b2229ab019cddbaee350063386100a188135fc3ad137c2d3ce10"
    static let issuedForBothPurposes = "308201c63082016ca003020102021401c742f211228c176c3b39e93951966b540483f4300a06082a8648ce3d040302301c311a301806035504030c11466f726569676e20617574686f72697479301e170d3236303130313030303030305a170d3436303130313030303030305a300f310d300b06035504030c046c6561663059301306072a8648ce3d020106082a8648ce3d0301070342000484b55cf1ba6a0e362fdc84a11040d56b35d1e92f570de7b5354cc914277b28affe232c7b1eaec047dbf9710aefcdef90b512d01e797ce81bed15fb896b980cd3a38198308195300c0603551d130101ff04023000300e0603551d0f0101ff040403020780301f0603551d2304183016801414655e820e09dd1b13aeb53397fe1eab717f9cd9301d0603551d0e041604140f08f9106b19b106917c2c248a4d8627c41e3dd530160603551d11040f300d860b7365616d61726b3a2f2f78301d0603551d250416301406082b0601050507030206082b06010505070301300a06082a8648ce3d0403020348003045022100c2b71c636dc54cf4f693dddb5a6f8fd17f1e7dc6f517f722a58daa5289adf47f02204026c01d006b50caf168b7e8373f7f9061acc46bc51fe5a5c517709e06ce85d0"
    static let certificateWithoutExtensions = "3081ee308195a00302010202014d300a06082a8648ce3d04030230003020170d3236303130313030303030305a180f32303630303130313030303030305a30003059301306072a8648ce3d020106082a8648ce3d03010703420004f8c99a88631c19975098f356d0c7d1135e28dbac633de11db56fa3b311fa4455c57dd3a035acde008b9ebd0cdbe462e81de7e64b9b11a9fc1824ccfc25f7d4c0300a06082a8648ce3d04030203480030450220283ea50659eb543e3392eec8102d8a3c732980ce481164d6935e10ee32220e59022100e2b796c42f861b51c4fe5af86d3235db576a86dd0af827a37fc52d49f9a37d91"
}

@Suite struct CertificateTests {
    static let day: Int64 = 86_400
    static let start: Int64 = 1_800_000_000
    static let uri = "seamark://tenant/0a/member/0b/device/0c"

    let authority: CertificateAuthority
    let key: CertificateKey
    let device: Certificate
    let server: Certificate

    init() throws {
        authority = try CertificateAuthority.create(
            commonName: "Seamark authority", notBefore: Self.start, notAfter: Self.start + 3650 * Self.day)
        key = try CertificateKey.generate()
        let request = CertificateSigningRequest(for: key)
        device = try authority.issueDevice(for: request, uri: Self.uri, notBefore: Self.start, notAfter: Self.start + 30 * Self.day)
        server = try authority.issueServer(
            for: request, dnsName: "h3.seamark.example", notBefore: Self.start, notAfter: Self.start + 90 * Self.day)
    }

    @Test func `a device certificate says what the authority decided, and comes back from DER and PEM`() throws {
        #expect(device.uriNames() == [Self.uri])
        #expect(device.onlyURI == Self.uri)
        #expect(device.dnsNames().isEmpty && device.onlyDNSName == nil)
        #expect(device.purpose == .client && !device.isAuthority)
        #expect(device.publicKey == key.publicKey)
        #expect(device.notBefore == Self.start && device.notAfter == Self.start + 30 * Self.day)
        #expect(device.serial.count == 16 && device.serial != server.serial)
        #expect(try Certificate(der: device.der) == device)
        #expect(try Certificate(pem: device.pem) == device)
        #expect(device.fingerprint == SystemPrimitives().sha256(device.der.span))
        #expect(server.onlyDNSName == "h3.seamark.example" && server.onlyURI == nil && server.purpose == .server)
        #expect(authority.certificate.isAuthority && authority.certificate.purpose == nil)
    }

    @Test func `a certificate is good for its purpose, from its authority, in its time`() throws {
        let root = authority.certificate
        let end = Self.start + 30 * Self.day
        for time in [Self.start, Self.start + 1, end - 1] { try device.check(issuedBy: root, for: .client, at: time) }
        try server.check(issuedBy: root, for: .server, at: Self.start)
        #expect(throws: CertificateError.untrusted) { try device.check(issuedBy: root, for: .server, at: Self.start) }
        #expect(throws: CertificateError.untrusted) { try server.check(issuedBy: root, for: .client, at: Self.start) }
        #expect(throws: CertificateError.untrusted) { try root.check(issuedBy: root, for: .client, at: Self.start) }
        #expect(throws: CertificateError.untrusted) { try device.check(issuedBy: device, for: .client, at: Self.start) }
        #expect(throws: CertificateError.notYetValid) { try device.check(issuedBy: root, for: .client, at: Self.start - 1) }
        #expect(throws: CertificateError.expired) { try device.check(issuedBy: root, for: .client, at: end + 1) }
        #expect(throws: CertificateError.expired) { try device.check(issuedBy: root, for: .client, at: .max / 2) }
    }

    @Test func `expiry alone is forgiven at the enrolment door`() throws {
        let root = authority.certificate
        let late = Self.start + 400 * Self.day
        try device.check(issuedBy: root, for: .client, at: late, ignoringExpiry: true)
        #expect(throws: CertificateError.notYetValid) {
            try device.check(issuedBy: root, for: .client, at: Self.start - 1, ignoringExpiry: true)
        }
        #expect(throws: CertificateError.untrusted) { try device.check(issuedBy: root, for: .server, at: late, ignoringExpiry: true) }
    }

    /// libcrypto takes a certificate that names no purpose as good for all; we do not.
    @Test func `a certificate without exactly one purpose is good for nothing, well signed as it is`() throws {
        let issuer = try Certificate(der: hex(Foreign.issuer))
        try Certificate(der: hex(Foreign.issuedForClients)).check(issuedBy: issuer, for: .client, at: Self.start)
        for text in [Foreign.issuedForAnyPurpose, Foreign.issuedForBothPurposes] {
            for purpose in [CertificatePurpose.client, .server] {
                let certificate = try Certificate(der: hex(text))
                #expect(throws: CertificateError.untrusted) { try certificate.check(issuedBy: issuer, for: purpose, at: Self.start) }
            }
        }
    }

    /// Same name, other key: another tenant's authority, or one who imitates ours.
    @Test func `another authority of the same name vouches for nothing`() throws {
        let other = try CertificateAuthority.create(
            commonName: "Seamark authority", notBefore: Self.start, notAfter: Self.start + 3650 * Self.day)
        #expect(throws: CertificateError.untrusted) {
            try device.check(issuedBy: other.certificate, for: .client, at: Self.start, ignoringExpiry: true)
        }
    }

    @Test func `a device cannot act as an authority`() throws {
        #expect(throws: CertificateError.notAnAuthority) { try CertificateAuthority(key: key, certificate: device) }
        #expect(throws: CertificateError.notAnAuthority) { try CertificateAuthority(key: key, certificate: authority.certificate) }
    }

    @Test func `an altered certificate is refused, whichever byte was altered`() throws {
        for index in device.der.indices {
            var altered = device.der
            altered[index] ^= 0x01
            guard let certificate = try? Certificate(der: altered) else { continue }
            #expect(throws: CertificateError.self) {
                try certificate.check(issuedBy: authority.certificate, for: .client, at: Self.start, ignoringExpiry: true)
            }
        }
        for count in 0..<device.der.count { #expect(throws: CertificateError.self) { try Certificate(der: Array(device.der[..<count])) } }
        #expect(throws: CertificateError.malformed) { try Certificate(der: device.der + [0]) }
        #expect(throws: CertificateError.malformed) { try Certificate(der: [UInt8](repeating: 0x30, count: 16 * 1024 + 1)) }
    }

    @Test func `authorities and keys come back from PEM`() throws {
        let again = try CertificateAuthority(keyPEM: authority.key.pem, certificatePEM: authority.certificate.pem)
        #expect(again.certificate == authority.certificate && again.key.publicKey == authority.key.publicKey)
        let another = try again.issueDevice(
            for: CertificateSigningRequest(for: key), uri: Self.uri, notBefore: Self.start, notAfter: Self.start + 1)
        try another.check(issuedBy: authority.certificate, for: .client, at: Self.start)
        #expect(try CertificateKey(der: key.der).publicKey == key.publicKey)
        #expect(throws: CertificateError.malformed) { try CertificateKey(pem: authority.certificate.pem) }
        #expect(throws: CertificateError.malformed) { try Certificate(pem: key.pem) }
        #expect(throws: CertificateError.malformed) { try Certificate(pem: "") }
        #expect(throws: CertificateError.malformed) { try CertificateKey(der: Array(key.der.dropLast())) }
    }

    @Test func `an authority signs statements that only its certificate verifies`() {
        let statement = bytes("this signing key is of that device")
        let signature = authority.key.sign(statement)
        #expect(authority.certificate.publicKey.verifies(signature, of: statement))
        #expect(!device.publicKey.verifies(signature, of: statement))
        #expect(!authority.certificate.publicKey.verifies(signature, of: statement + [0]))
        #expect(!authority.certificate.publicKey.verifies([], of: statement))
        for bit in 0..<signature.count * 8 {
            var altered = signature
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(!authority.certificate.publicKey.verifies(altered, of: statement))
        }
    }

    @Test func `a statement signed by an independent implementation verifies`() throws {
        let foreign = try CertificatePublicKey(info: hex(Foreign.publicKey))
        #expect(foreign.verifies(hex(Foreign.signature), of: bytes("statement")))
        #expect(!foreign.verifies(hex(Foreign.signature), of: bytes("Statement")))
    }

    @Test func `keys of other kinds, curves and encodings are refused, and points off the curve`() {
        var offCurve = hex(Foreign.publicKey)
        offCurve[90] ^= 1
        #expect(throws: CertificateError.unsupportedKey) { try CertificatePublicKey(info: offCurve) }
        #expect(throws: CertificateError.unsupportedKey) { try CertificatePublicKey(info: []) }
        for request in [Foreign.requestP384, Foreign.requestEd25519, Foreign.requestRSA] {
            #expect(throws: CertificateError.unsupportedKey) { try CertificateSigningRequest(der: hex(request)) }
        }
    }

    // MARK: Requests

    @Test func `a stranger's plain request is issued under our names, whatever subject it gives`() throws {
        for text in [Foreign.plainRequest, Foreign.requestWithSubject] {
            let request = try CertificateSigningRequest(der: hex(text))
            #expect(request.publicKey.info == hex(Foreign.publicKey))
            #expect(request.fingerprint == SystemPrimitives().sha256(hex(Foreign.publicKey).span))
            let issued = try authority.issueDevice(for: request, uri: Self.uri, notBefore: Self.start, notAfter: Self.start + 9)
            try issued.check(issuedBy: authority.certificate, for: .client, at: Self.start)
            #expect(issued.onlyURI == Self.uri && !issued.isAuthority)
            #expect(!String(decoding: issued.der, as: UTF8.self).contains("someone else"))
        }
    }

    @Test(arguments: [Foreign.requestForAuthority, Foreign.requestForName, Foreign.requestWithChallenge])
    func `a request that asks for anything is refused`(request: String) {
        #expect(throws: CertificateError.asksForMore) { try CertificateSigningRequest(der: hex(request)) }
    }

    @Test func `a request without proof of possession is refused, and every altered one`() throws {
        let own = CertificateSigningRequest(for: key)
        #expect(try CertificateSigningRequest(der: own.der) == own)
        for index in own.der.indices {
            var altered = own.der
            altered[index] ^= 0x01
            #expect(throws: CertificateError.self) { try CertificateSigningRequest(der: altered) }
        }
        // Our key put into a stranger's request.
        var stolen = hex(Foreign.plainRequest)
        let place = try #require(stolen.indices.first { Array(stolen[$0...].prefix(91)) == hex(Foreign.publicKey) })
        stolen.replaceSubrange(place..<place + 91, with: key.publicKey.info)
        #expect(throws: CertificateError.noProofOfPossession) { try CertificateSigningRequest(der: stolen) }
        #expect(throws: CertificateError.malformed) { try CertificateSigningRequest(der: own.der + [0]) }
        #expect(throws: CertificateError.malformed) { try CertificateSigningRequest(der: []) }
    }

    // MARK: Names

    @Test func `names are read from structures: a comma begins no second name`() throws {
        let certificate = try Certificate(der: hex(Foreign.certificateWithFourNames))
        #expect(certificate.uriNames() == ["seamark://a", "seamark://c,DNS:d"])
        #expect(certificate.dnsNames() == ["b.example"])
        #expect(certificate.onlyURI == nil && certificate.onlyDNSName == nil)
        #expect(certificate.notBefore == 1_767_225_600 && certificate.notAfter == 2_840_140_800)
        let sly = try authority.issueDevice(
            for: CertificateSigningRequest(for: key), uri: "seamark://a,DNS:b.example,URI:seamark://c", notBefore: Self.start,
            notAfter: Self.start + 9)
        #expect(sly.uriNames() == ["seamark://a,DNS:b.example,URI:seamark://c"] && sly.dnsNames().isEmpty)
    }

    @Test(arguments: [Foreign.certificateWithNULInURI, Foreign.certificateWithNULInDNSName])
    func `a name with a NUL in it is refused`(certificate: String) {
        #expect(throws: CertificateError.malformedName) { try Certificate(der: hex(certificate)) }
    }

    @Test func `a certificate with two purposes or none has none`() throws {
        #expect(try Certificate(der: hex(Foreign.certificateForBothPurposes)).purpose == nil)
        #expect(try Certificate(der: hex(Foreign.certificateWithoutExtensions)).purpose == nil)
    }

    @Test(arguments: ["", "a:\u{0}", "a b:c", "nocolon", "a:\u{e9}", "a:" + String(repeating: "x", count: 511)])
    func `what is no URI is not certified`(uri: String) {
        #expect(throws: CertificateError.invalidName) {
            try authority.issueDevice(for: CertificateSigningRequest(for: key), uri: uri, notBefore: Self.start, notAfter: Self.start + 9)
        }
    }

    @Test(arguments: ["", "*.example", "a..b", "a.", ".a", "A.example", "-a.b", "a-.b", "a_b", "a b", "a\u{0}b", String(repeating: "a", count: 64)])
    func `what is no host name is not certified`(name: String) {
        #expect(throws: CertificateError.invalidName) {
            try authority.issueServer(for: CertificateSigningRequest(for: key), dnsName: name, notBefore: Self.start, notAfter: Self.start + 9)
        }
    }

    @Test func `validities that cannot be are refused, and servers' beyond ninety days`() throws {
        let request = CertificateSigningRequest(for: key)
        for (from, to) in [(Self.start, Self.start), (5, 4), (-1, 9), (0, 253_402_300_800), (0, .max)] as [(Int64, Int64)] {
            #expect(throws: CertificateError.invalidValidity) {
                try authority.issueDevice(for: request, uri: Self.uri, notBefore: from, notAfter: to)
            }
            #expect(throws: CertificateError.invalidValidity) {
                try authority.issueServer(for: request, dnsName: "a", notBefore: from, notAfter: to)
            }
        }
        #expect(throws: CertificateError.invalidValidity) {
            try authority.issueServer(for: request, dnsName: "a", notBefore: Self.start, notAfter: Self.start + 90 * Self.day + 1)
        }
        #expect(throws: CertificateError.invalidValidity) {
            try authority.issueServer(for: request, dnsName: "a", notBefore: .min, notAfter: .max)
        }
        let far = try authority.issueDevice(for: request, uri: Self.uri, notBefore: 0, notAfter: 253_402_300_799)
        #expect(far.notBefore == 0 && far.notAfter == 253_402_300_799)
    }
}
