import SeamarkCrypto
import Testing

/// Rising bytes, as hexadecimal digits.
private func run(_ values: Range<Int>) -> String { values.map { String($0 | 0x100, radix: 16).suffix(2) }.joined() }

@Suite struct KeyDerivationTests {
    /// RFC 4231, test cases 1, 2 and 6.
    @Test(arguments: [
        (String(repeating: "0b", count: 20), "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC gives the published codes`(key: String, message: String, code: String) {
        #expect(HMAC.sha256(hex(message), key: hex(key)) == hex(code))
        #expect(HMAC.sha256(hex(message), key: SecretBytes(copying: hex(key))) == hex(code))
    }

    /// RFC 5869, appendices A.1 to A.3.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            run(0..<80),
            run(0x60..<0xb0),
            run(0xb0..<0x100),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            String(repeating: "0b", count: 22), "", "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func `HKDF gives the published keys`(secret: String, salt: String, info: String, output: String) {
        let expected = hex(output)
        let key = HKDF.sha256(secret: SecretBytes(copying: hex(secret)), salt: hex(salt), info: hex(info), count: expected.count)
        #expect(key.copy() == expected)
    }

    /// RFC 7748 section 6.1, from Bob's side.
    @Test func `the published X25519 key agrees on the published secret`() throws {
        let bob = AgreementKey(
            privateBytes: SecretBytes(copying: hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")))
        #expect(bob.publicKey == hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
        let alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        #expect(
            try bob.sharedSecret(with: alice).copy() == hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"))
    }

    /// Everybody would share these secrets: the points of small order (RFC 7748 section 6.1).
    @Test(arguments: [
        String(repeating: "00", count: 32), "01" + String(repeating: "00", count: 31),
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0102",
    ])
    func `a public key with which everybody agrees is refused`(publicKey: String) throws {
        let key = try AgreementKey.generate()
        #expect(throws: UnusablePublicKey()) { try key.sharedSecret(with: hex(publicKey)) }
    }

    @Test func `agreement keys made here agree`() throws {
        let (one, other) = (try AgreementKey.generate(), try AgreementKey.generate())
        #expect(try one.sharedSecret(with: other.publicKey) == other.sharedSecret(with: one.publicKey))
        #expect(try one.sharedSecret(with: other.publicKey) != one.sharedSecret(with: one.publicKey))
    }

    @Test func `comparing in constant time still compares`() {
        #expect(ConstantTime.equal([], []))
        #expect(ConstantTime.equal([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2]))
    }

    @Test func `random bytes do not repeat`() throws {
        #expect(try Randomness.bytes(0).isEmpty)
        #expect(try Randomness.bytes(32) != Randomness.bytes(32))
        #expect(try Randomness.word() != Randomness.word())
        #expect(try Randomness.secret(32) != Randomness.secret(32))
    }
}
