/// Logarithm, exponential and power from additions, multiplications and divisions alone.
///
/// The C library's functions differ in the last bit between versions and between processors (glibc chooses variants
/// with fused multiply-add at load time). IEEE 754 fixes the bits of the four basic operations and the square root,
/// and Swift never fuses them, so a device's preview and the server's snapshot agree to the bit on any machine.
/// Errors are a few units in the last place; the tests compare with reference values.
enum Elementary {
    private static let ln2High = 0x1.62e42fee00000p-1  // the upper 32 bits of ln 2, so that n * ln2High is exact
    private static let ln2Low = 0x1.a39ef35793c76p-33  // ln 2 - ln2High

    /// The natural logarithm of a positive finite `x`.
    static func log(_ x: Double) -> Double {
        precondition(x > 0 && x.isFinite, "logarithm of a number that is not positive and finite")
        var exponent = Double(x.exponent)
        var m = x.significand  // 1 ..< 2
        if m > 1.4142135623730951 {
            m *= 0.5
            exponent += 1
        }
        // ln m = 2 artanh s with |s| <= 0.172, so s² <= 0.0295 and twelve terms reach the last bit.
        let f = m - 1
        let s = f / (2 + f)
        let z = s * s
        var tail = z * (1.0 / 21 + z * (1.0 / 23))
        tail = z * (1.0 / 15 + z * (1.0 / 17 + z * (1.0 / 19 + tail)))
        tail = z * (1.0 / 9 + z * (1.0 / 11 + z * (1.0 / 13 + tail)))
        tail = z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + tail)))
        // 2s = f - s f: the large part, f, is exact.
        return exponent * ln2High + (f - (s * (f - 2 * tail) - exponent * ln2Low))
    }

    /// e to the power `x`. Underflows to 0 and overflows to infinity.
    static func exp(_ x: Double) -> Double {
        if x < -745.2 { return 0 }
        if x > 709.8 { return .infinity }
        let exponent = Int(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5))
        let n = Double(exponent)
        let r = (x - n * ln2High) - n * ln2Low  // |r| <= 0.347
        var sum = r * (1.0 / 6_227_020_800 + r * (1.0 / 87_178_291_200))
        sum = r * (1.0 / 3_628_800 + r * (1.0 / 39_916_800 + r * (1.0 / 479_001_600 + sum)))
        sum = r * (1.0 / 5_040 + r * (1.0 / 40_320 + r * (1.0 / 362_880 + sum)))
        sum = r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 + sum)))
        sum = r * (1.0 / 2 + r * (1.0 / 6 + sum))
        let value = 1 + (r + r * sum)
        let half = exponent >> 1  // in two steps, since 2^exponent alone may be out of range
        return value * scale(half) * scale(exponent - half)
    }

    /// `base` to the power `exponent`, for `base >= 0`.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 { return 1 }
        if base == 0 { return exponent > 0 ? 0 : .infinity }
        return exp(exponent * log(base))
    }

    /// 2 to the power `exponent`, for -1022...1023.
    private static func scale(_ exponent: Int) -> Double {
        Double(bitPattern: UInt64(1023 + exponent) << 52)
    }
}
