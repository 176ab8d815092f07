namespace DToC.Twin.Models;

/// <summary>
/// The factor of a small symmetric positive definite matrix, in place and row by row: A = L L', L below and on the
/// diagonal. Allocates nothing.
/// </summary>
public static class SmallCholesky
{
    /// <summary>Puts L in place of A; false when A is not positive definite to rounding, or not finite.</summary>
    public static bool Factor(Span<double> a, int size)
    {
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var left = a[row * size + column];
                for (var k = 0; k < column; k++) left -= a[row * size + k] * a[column * size + k];
                if (column < row)
                {
                    a[row * size + column] = left / a[column * size + column];
                    continue;
                }
                if (!(left > 1e-14 * a[row * size + row]) || double.IsInfinity(left)) return false;
                a[row * size + row] = Math.Sqrt(left);
            }
        }
        return true;
    }

    /// <summary>Puts the solution x of L L' x = b in place of b.</summary>
    public static void Solve(ReadOnlySpan<double> factor, int size, Span<double> b)
    {
        for (var row = 0; row < size; row++)
        {
            for (var k = 0; k < row; k++) b[row] -= factor[row * size + k] * b[k];
            b[row] /= factor[row * size + row];
        }
        for (var row = size - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < size; k++) b[row] -= factor[k * size + row] * b[k];
            b[row] /= factor[row * size + row];
        }
    }

    /// <summary>The logarithm of the determinant of A.</summary>
    public static double LogDeterminant(ReadOnlySpan<double> factor, int size)
    {
        var sum = 0.0;
        for (var i = 0; i < size; i++) sum += 2 * Math.Log(factor[i * size + i]);
        return sum;
    }
}
