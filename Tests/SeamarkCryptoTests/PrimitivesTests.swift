import SeamarkCrypto
import SeamarkJournal
import Testing

@Suite struct PrimitivesTests {
    let primitives = SystemPrimitives()

    /// FIPS 180-4, as published by NIST.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the published digests`(message: String, digest: String) {
        #expect(primitives.sha256(bytes(message).span).bytes == hex(digest))
    }

    /// FIPS 180-4: a million times "a".
    @Test func `SHA-256 of a million bytes is the published digest`() {
        let message = [UInt8](repeating: 0x61, count: 1_000_000)
        #expect(
            primitives.sha256(message.span).bytes == hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"))
    }

    /// RFC 8032 section 7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func `Ed25519 gives the published keys and signatures, and refuses each altered bit`(
        seed: String, publicKey: String, message: String, signature: String
    ) {
        let key = SigningKey(seed: SecretBytes(copying: hex(seed)))
        let message = hex(message)
        let signature = hex(signature)
        #expect(key.publicKey == hex(publicKey))
        #expect(key.sign(message) == signature)
        #expect(primitives.verifies(signature, of: message, by: key.publicKey))
        for bit in 0..<512 {
            var altered = signature
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(!primitives.verifies(altered, of: message, by: key.publicKey))
        }
        #expect(!primitives.verifies(signature, of: message + [0], by: key.publicKey))
        #expect(!primitives.verifies(Array(signature.dropLast()), of: message, by: key.publicKey))
        #expect(!primitives.verifies(signature + [0], of: message, by: key.publicKey))
        #expect(!primitives.verifies(signature, of: message, by: Array(key.publicKey.dropLast())))
        #expect(!primitives.verifies([], of: message, by: []))
    }

    /// Computed with Python's `cryptography` 48.
    @Test func `an independent implementation signs the same`() {
        let key = SigningKey(seed: SecretBytes(copying: Array(0..<32)))
        #expect(
            key.sign(bytes("seamark"))
                == hex(
                    "268b8101a3e1b66c5992afabe1619c0b93585d206fd8c549da9c56fb2ee156c01d6b63ab32fd763b5c18119cf734ff6e71169dfa1cf28db054f1b859eef7140a"
                ))
    }

    @Test func `generated signing keys differ and come back from their seed`() throws {
        let key = try SigningKey.generate()
        #expect(try key.publicKey != SigningKey.generate().publicKey)
        #expect(SigningKey(seed: SecretBytes(copying: key.seed.copy())).publicKey == key.publicKey)
    }
}
