namespace DToC.Learn.Training;

/// <summary>
/// Where the mean of what came true may lie, at two standard errors: what was seen of a few customers is no more
/// certain than that.
/// </summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end, at least <paramref name="Low"/>.</param>
public readonly record struct OutcomeRange(double Low, double High)
{
    private const double Errors = 2;

    /// <summary>
    /// Of a share of customers by the score interval (Wilson, "Probable Inference, the Law of Succession, and
    /// Statistical Inference", Journal of the American Statistical Association 22, 1927), which is of some width where
    /// all came out alike, too.
    /// </summary>
    /// <param name="share">In [0, 1].</param>
    /// <param name="rows">Customers, from 1.</param>
    public static OutcomeRange OfShare(double share, int rows)
    {
        const double squared = Errors * Errors;
        var middle = (share + squared / (2 * rows)) / (1 + squared / rows);
        var half = Errors / (1 + squared / rows)
            * Math.Sqrt(share * (1 - share) / rows + squared / (4.0 * rows * rows));
        return new OutcomeRange(Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>
    /// Of a mean amount. Where nobody had any, some may have had what is usual: as many as <see cref="OfShare"/> says.
    /// </summary>
    /// <param name="mean">The mean.</param>
    /// <param name="error">Its standard error.</param>
    /// <param name="rows">Customers, from 1.</param>
    /// <param name="usual">Mean amount of customers who had any.</param>
    public static OutcomeRange OfAmount(double mean, double error, int rows, double usual) => mean == 0 && error == 0
        ? new OutcomeRange(0, OfShare(0, rows).High * usual)
        : new OutcomeRange(mean - Errors * error, mean + Errors * error);
}
