using DToC.Twin.Models;

namespace DToC.Learn.Pricing;

/// <summary>
/// The likelihood of purchases of cohorts by week, each cohort's total given: Poisson counts with an effect of each
/// cohort that conditioning takes away (J. Hausman, B. Hall, Z. Griliches, "Econometric Models for Count Data with an
/// Application to the Patents-R&amp;D Relationship", Econometrica 52(4), 1984, section 2). So what is common to the
/// members of a cohort, how many they are and how often they buy, is not in it. Its greatest place is right also of
/// counts that are not Poisson (J. Wooldridge, "Distribution-free estimation of some nonlinear panel data
/// models", Journal of Econometrics 90(1), 1999), but its curvature does not say how sure it is.
/// </summary>
/// <remarks>
/// Parameters are lift, pull-forward, the effect of the logarithm of age (those who leave), trend and season. The last
/// two are believed beforehand to be a factor of about e^0.5 at most, so that a month of which hardly anything is seen
/// leaves nothing open.
/// </remarks>
internal sealed class PromotionLikelihood
{
    /// <summary>Place of the lift.</summary>
    public const int Lift = 0;

    /// <summary>Place of the pull-forward.</summary>
    public const int Pull = 1;

    private const int Age = 2;
    private const int Season = 3;
    private const double SeasonDeviation = 0.5;
    private const int MaxSteps = 100;
    private const int MaxHalvings = 30;
    private const double Tolerance = 1e-10;

    private readonly PromotionPanel _panel;
    private readonly double[] _factor;
    private readonly double[] _byLift;
    private readonly double[] _byPull;
    private readonly double[] _gradient;
    private readonly double[] _information;
    private readonly double[] _row;
    private readonly double[] _mean;

    /// <summary>The likelihood of a panel.</summary>
    public PromotionLikelihood(PromotionPanel panel)
    {
        _panel = panel;
        Size = Season + (panel.Season.Length == 0 ? 0 : panel.Season[0].Length);
        _factor = new double[panel.Weeks];
        (_byLift, _byPull) = (new double[panel.Weeks], new double[panel.Weeks]);
        (_gradient, _row, _mean) = (new double[Size], new double[Size], new double[Size]);
        _information = new double[Size * Size];
    }

    /// <summary>How many parameters there are.</summary>
    public int Size { get; }

    /// <summary>Steps done by all climbs so far.</summary>
    public int Steps { get; private set; }

    /// <summary>
    /// Climbs from where the parameters are to the greatest likelihood; false when the data leave them open.
    /// </summary>
    /// <param name="parameters">Where to begin; where it ended.</param>
    /// <param name="isPullKept">Whether the pull-forward stays as it is.</param>
    /// <param name="leftOut">Weeks that are left out.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="logLikelihood">Of the counts, but for what does not hang on the parameters.</param>
    public bool TryClimb(
        double[] parameters, bool isPullKept, Range leftOut, CancellationToken cancellation, out double logLikelihood)
    {
        var step = new double[Size];
        var tried = new double[Size];
        logLikelihood = At(parameters, leftOut);
        for (var round = 0; round < MaxSteps; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            Steps++;
            if (!double.IsFinite(logLikelihood)) return false;
            if (isPullKept) Keep(Pull);
            if (!SmallCholesky.Factor(_information, Size)) return false;
            _gradient.CopyTo(step, 0);
            SmallCholesky.Solve(_information, Size, step);
            var before = logLikelihood;
            var scale = 1.0;
            for (var halving = 0; ; halving++, scale /= 2)
            {
                if (halving == MaxHalvings) return IsTop(before, step);
                for (var i = 0; i < Size; i++) tried[i] = parameters[i] + scale * step[i];
                logLikelihood = At(tried, leftOut);
                if (logLikelihood >= before) break;
            }
            tried.CopyTo(parameters, 0);
            if (logLikelihood - before <= Tolerance * Math.Abs(before)) return true;
        }
        return false;
    }

    /// <summary>
    /// The factor that promotions had on all purchases that were looked at, over what would have been without them.
    /// </summary>
    public double UsualFactor(double[] parameters)
    {
        TryFactors(parameters);
        var (with, without) = (0.0, 0.0);
        for (var cohort = 0; cohort < _panel.Cohorts; cohort++)
        {
            for (var week = _panel.FirstOf(cohort); week < _panel.Weeks; week++)
            {
                with += _panel.Counts(cohort)[week];
                without += _panel.Counts(cohort)[week] / _factor[week];
            }
        }
        return with / without;
    }

    // A step that promises nothing but cannot be made: the top but for rounding.
    private bool IsTop(double logLikelihood, double[] step)
    {
        var promised = 0.0;
        for (var i = 0; i < Size; i++) promised += step[i] * _gradient[i];
        return Math.Abs(promised) <= 1e-6 * (1 + Math.Abs(logLikelihood) * Tolerance);
    }

    private void Keep(int parameter)
    {
        _gradient[parameter] = 0;
        for (var i = 0; i < Size; i++) _information[parameter * Size + i] = _information[i * Size + parameter] = 0;
        _information[parameter * Size + parameter] = 1;
    }

    /// <summary>Log-likelihood; fills gradient and Fisher information.</summary>
    private double At(double[] parameters, Range leftOut)
    {
        Array.Clear(_gradient);
        Array.Clear(_information);
        if (!TryFactors(parameters)) return double.NegativeInfinity;
        var (from, until) = (leftOut.Start.Value, leftOut.End.Value);
        var weights = new double[_panel.Weeks];
        var logLikelihood = 0.0;
        for (var cohort = 0; cohort < _panel.Cohorts; cohort++)
        {
            var counts = _panel.Counts(cohort);
            var (total, whole) = (0.0, 0.0);
            for (var week = _panel.FirstOf(cohort); week < _panel.Weeks; week++)
            {
                if (week >= from && week < until) continue;
                var logWeight = Math.Log(_factor[week]) + parameters[Age] * _panel.LogAge(cohort, week);
                var season = _panel.Season[week - PromotionPanel.PullWeeks];
                for (var i = 0; i < season.Length; i++) logWeight += parameters[Season + i] * season[i];
                weights[week] = Math.Exp(logWeight);
                total += counts[week];
                whole += weights[week];
                logLikelihood += counts[week] * logWeight;
            }
            if (total == 0) continue;
            logLikelihood -= total * Math.Log(whole);
            AddMoments(cohort, total / whole, weights, from, until);
        }
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < i; j++) _information[j * Size + i] = _information[i * Size + j];
        }
        for (var i = Season; i < Size; i++)
        {
            logLikelihood -= Math.Pow(parameters[i] / SeasonDeviation, 2) / 2;
            _gradient[i] -= parameters[i] / (SeasonDeviation * SeasonDeviation);
            _information[i * Size + i] += 1 / (SeasonDeviation * SeasonDeviation);
        }
        return double.IsNaN(logLikelihood) ? double.NegativeInfinity : logLikelihood;
    }

    private void AddMoments(int cohort, double scale, double[] weights, int from, int until)
    {
        var counts = _panel.Counts(cohort);
        var expected = 0.0;
        Array.Clear(_mean);
        for (var week = _panel.FirstOf(cohort); week < _panel.Weeks; week++)
        {
            if (week >= from && week < until) continue;
            var mu = scale * weights[week];
            expected += mu;
            FillRow(cohort, week);
            for (var i = 0; i < Size; i++)
            {
                _gradient[i] += (counts[week] - mu) * _row[i];
                _mean[i] += mu * _row[i];
                for (var j = 0; j <= i; j++) _information[i * Size + j] += mu * _row[i] * _row[j];
            }
        }
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j <= i; j++) _information[i * Size + j] -= _mean[i] * _mean[j] / expected;
        }
    }

    private void FillRow(int cohort, int week)
    {
        _row[Lift] = _byLift[week] / _factor[week];
        _row[Pull] = _byPull[week] / _factor[week];
        _row[Age] = _panel.LogAge(cohort, week);
        _panel.Season[week - PromotionPanel.PullWeeks].CopyTo(_row, Season);
    }

    // The mean over a week's days of the factor of PromotionResponse, and how it moves with lift and pull-forward.
    private bool TryFactors(double[] parameters)
    {
        const int days = 7 * PromotionPanel.PullWeeks;
        var (lift, pull) = (parameters[Lift], parameters[Pull]);
        var (won, wonByLift) = (0.0, 0.0); // of the days before, as many as count
        Array.Clear(_factor);
        Array.Clear(_byLift);
        Array.Clear(_byPull);
        for (var day = 0; day < 7 * _panel.Weeks; day++)
        {
            var week = day / 7;
            var depth = _panel.Depths[day];
            var factor = Math.Exp(lift * depth);
            _factor[week] += (factor - pull * won / days) / 7;
            _byLift[week] += (depth * factor - pull * wonByLift / days) / 7;
            _byPull[week] -= won / days / 7;
            won += factor - 1;
            wonByLift += depth * factor;
            if (day < days) continue;
            var gone = _panel.Depths[day - days];
            won -= Math.Exp(lift * gone) - 1;
            wonByLift -= gone * Math.Exp(lift * gone);
        }
        return !_factor.Any(factor => !(factor > 1e-6) || double.IsInfinity(factor));
    }
}
