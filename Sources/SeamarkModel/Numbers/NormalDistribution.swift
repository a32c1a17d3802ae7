/// The standard normal distribution's inverse, by Peter Acklam's rational approximation (relative error 1.15e-9).
///
/// It is not refined further: only the ranks of the results are used, and the approximation is monotonic in them.
enum NormalDistribution {
    static func quantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1, "a normal quantile is asked for strictly between 0 and 1")
        if p < 0.02425 { return tail(p) }
        if p > 1 - 0.02425 { return -tail(1 - p) }
        let q = p - 0.5
        let r = q * q
        var above = -3.969683028665376e+01
        above = above * r + 2.209460984245205e+02
        above = above * r - 2.759285104469687e+02
        above = above * r + 1.383577518672690e+02
        above = above * r - 3.066479806614716e+01
        above = above * r + 2.506628277459239e+00
        var below = -5.447609879822406e+01
        below = below * r + 1.615858368580409e+02
        below = below * r - 1.556989798598866e+02
        below = below * r + 6.680131188771972e+01
        below = below * r - 1.328068155288572e+01
        return above * q / (below * r + 1)
    }

    private static func tail(_ p: Double) -> Double {
        let q = (-2 * Elementary.log(p)).squareRoot()
        var above = -7.784894002430293e-03
        above = above * q - 3.223964580411365e-01
        above = above * q - 2.400758277161838e+00
        above = above * q - 2.549732539343734e+00
        above = above * q + 4.374664141464968e+00
        above = above * q + 2.938163982698783e+00
        var below = 7.784695709041462e-03
        below = below * q + 3.224671290700398e-01
        below = below * q + 2.445134137142996e+00
        below = below * q + 3.754408661907416e+00
        return above / (below * q + 1)
    }
}
