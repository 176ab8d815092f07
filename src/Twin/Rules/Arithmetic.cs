namespace DToC.Twin.Rules;

/// <summary>
/// What each operation means; the one place, used by evaluation and by constant folding. Missing is NaN. A
/// result that is not finite (a division by zero, an overflow) is missing too, so no value is ever infinite.
/// Comparisons with a missing value are false, <c>!=</c> included. Booleans follow Kleene's strong
/// three-valued logic (S. C. Kleene, Introduction to Metamathematics, 1952, section 64).
/// </summary>
internal static class Arithmetic
{
    public const double True = 1;
    public const double False = 0;
    public const double Missing = double.NaN;

    public static double Truth(bool value) => value ? True : False;

    public static double Finite(double value) => double.IsFinite(value) ? value : Missing;

    /// <summary>A slot's boolean: 0 false, NaN missing, everything else true.</summary>
    public static double Boolean(double value) => double.IsNaN(value) ? Missing : Truth(value != 0);

    public static double Unary(Op op, double x) => op switch
    {
        Op.Negate => -x,
        Op.Not => 1 - x,
        Op.IsMissing => Truth(double.IsNaN(x)),
        Op.Abs => Math.Abs(x),
        Op.Log => Finite(Math.Log(x)),
        Op.Log1p => Finite(Log1p(x)),
        Op.Exp => Finite(Math.Exp(x)),
        Op.Sqrt => Math.Sqrt(x),
        Op.Floor => Math.Floor(x),
        Op.Round => Math.Round(x, MidpointRounding.AwayFromZero),
        Op.Sigmoid => Sigmoid(x),
        _ => throw new InvalidOperationException($"{op} is not an operation on one value."),
    };

    public static double Binary(Op op, double a, double b) => op switch
    {
        Op.Add => Finite(a + b),
        Op.Subtract => Finite(a - b),
        Op.Multiply => Finite(a * b),
        Op.Divide => Finite(a / b),
        Op.Remainder => Finite(a % b),
        Op.Less => Truth(a < b),
        Op.LessOrEqual => Truth(a <= b),
        Op.Greater => Truth(a > b),
        Op.GreaterOrEqual => Truth(a >= b),
        Op.Equal => Truth(a == b),
        Op.NotEqual => Truth(a < b || a > b),
        Op.And => a == False || b == False ? False : a * b,
        Op.Or => a == True || b == True ? True : a + b,
        Op.Pow => double.IsNaN(a) || double.IsNaN(b) ? Missing : Finite(Math.Pow(a, b)),
        _ => throw new InvalidOperationException($"{op} is not an operation on two values."),
    };

    public static double Many(Op op, ReadOnlySpan<double> values)
    {
        var first = values[0];
        switch (op)
        {
            case Op.Min:
                foreach (var value in values[1..])
                    first = Math.Min(first, value);
                return first;
            case Op.Max:
                foreach (var value in values[1..])
                    first = Math.Max(first, value);
                return first;
            case Op.Clamp:
                return Math.Min(Math.Max(first, values[1]), values[2]);
            case Op.In:
                foreach (var value in values[1..])
                {
                    if (value == first)
                        return True;
                }
                return False;
            default:
                throw new InvalidOperationException($"{op} is not an operation on many values.");
        }
    }

    /// <summary>
    /// log(1 + x) without loss for small x: W. Kahan's correction, as in D. Goldberg, What every computer
    /// scientist should know about floating-point arithmetic (1991), theorem 4.
    /// </summary>
    private static double Log1p(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>1 / (1 + e^-x), written so that no exponential overflows.</summary>
    private static double Sigmoid(double x)
    {
        var small = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + small) : small / (1 + small);
    }
}
