namespace DToC.Load.Client;

/// <summary>Values that several threads measure.</summary>
internal sealed class Samples
{
    private readonly Lock _gate = new();
    private List<double> _values = [];

    public void Add(double value)
    {
        lock (_gate) _values.Add(value);
    }

    /// <summary>What was added since it was last asked.</summary>
    public List<double> Drain()
    {
        lock (_gate)
        {
            var values = _values;
            _values = new List<double>(values.Count);
            return values;
        }
    }
}
