namespace DToC.Twin.Simulation;

/// <summary>
/// Factors by week and their running sum: the clock that a process of a varying rate runs by. Its events come where
/// the sum reaches those of a process of rate 1 (time change; D. Daley and D. Vere-Jones, "An Introduction to the
/// Theory of Point Processes", vol. 1, 2003, theorem 7.4.I), so a scenario moves a customer's orders and draws none
/// anew.
/// </summary>
internal sealed class Accumulated
{
    private readonly double[] _factors;
    private readonly double[] _until;

    /// <summary>Of factors, 0 or more; they are kept.</summary>
    public Accumulated(double[] factors)
    {
        (_factors, _until) = (factors, new double[factors.Length + 1]);
        Sum();
    }

    /// <summary>The factor of a week.</summary>
    public double this[int week] => _factors[week];

    /// <summary>The sum of all weeks.</summary>
    public double Total => _until[^1];

    /// <summary>
    /// When the sum reaches a value that is below <see cref="Total"/>, in weeks from the start.
    /// </summary>
    /// <param name="value">0 or more.</param>
    /// <param name="week">A week that it is not reached before; becomes the one it is reached in.</param>
    public double Reached(double value, ref int week)
    {
        while (_until[week + 1] <= value) week++;
        return week + (value - _until[week]) / _factors[week];
    }

    /// <summary>Takes the factors of another times what a customer's own are. Allocates nothing.</summary>
    public void Take(Accumulated other, ReadOnlySpan<double> own)
    {
        for (var week = 0; week < _factors.Length; week++) _factors[week] = other._factors[week] * own[week];
        Sum();
    }

    private void Sum()
    {
        for (var week = 0; week < _factors.Length; week++) _until[week + 1] = _until[week] + _factors[week];
    }
}
