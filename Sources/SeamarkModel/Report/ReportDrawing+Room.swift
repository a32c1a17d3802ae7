// Where words have room in a drawing. Drawings are as wide as the page: what stands side by side is held against the narrowest one.
extension ReportDrawing {
    /// About how wide words are, in pixels at 13 px in a wide typeface: to choose a place by, never to cut words off in a picture.
    static func width(of words: String, isBold: Bool = false) -> Double {
        let wide = words.unicodeScalars.reduce(0.0) { $0 + width(of: $1) }
        return isBold ? wide * 1.22 : wide
    }

    private static func width(of scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case " ", "\u{a0}", ".", ",", ":", ";", "i", "j", "l", "I", "'", "|", "!": return 4.4
        case "f", "t", "r", "-", "(", ")", "/": return 5.4
        case "m", "M", "W", "w", "%", "–", "…", "@": return 13
        case "A"..."Z": return 9.2
        case _ where scalar.value < 0x300: return 8.2
        case _ where scalar.value < 0x370: return 0
        case _: return 13
        }
    }

    /// `words` in lines of so many pixels: broken between words where that is possible, and ended with an ellipsis where they are too long for all of them.
    static func lines(_ words: String, in room: [Double], isBold: Bool = false) -> [String] {
        var lines: [String] = [], rest = Substring(words)
        for (place, most) in room.enumerated() where !rest.isEmpty {
            if width(of: String(rest), isBold: isBold) <= most {
                lines.append(String(rest))
                return lines
            }
            let isLast = place == room.count - 1
            let ellipsis = isLast ? width(of: "…", isBold: isBold) : 0
            var end = rest.startIndex, used = 0.0
            while end < rest.endIndex {
                let next = width(of: String(rest[end]), isBold: isBold)
                guard used + next + ellipsis <= most else { break }
                used += next
                end = rest.index(after: end)
            }
            // Between words, unless that leaves less than half of the line.
            if let gap = rest[..<end].lastIndex(of: " "), gap > rest.startIndex, rest.distance(from: rest.startIndex, to: gap) * 2 > rest.distance(from: rest.startIndex, to: end) { end = gap }
            if isLast {
                lines.append(String(rest[..<end]) + "…")
                return lines
            }
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        return lines
    }
}

/// An upright box of a drawing, in pixels.
struct DrawnBox {
    var left: Double, right: Double, top: Double, bottom: Double

    func meets(_ other: DrawnBox) -> Bool { left < other.right && other.left < right && top < other.bottom && other.top < bottom }
}
