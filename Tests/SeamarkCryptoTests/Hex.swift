/// Bytes written as hexadecimal digits, as vectors are.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 255) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
