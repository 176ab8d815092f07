using System.Buffers;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>
/// What each member gains or loses by each scenario, in margin against the baseline, over the worlds run. A member is
/// written by one thread at a time; its place is its <see cref="Member.Number"/>.
/// </summary>
internal sealed class MemberGains(int scenarios)
{
    private const int PlaceBytes = sizeof(long) + 2 * sizeof(int);

    // By scenario beside the baseline.
    private readonly Place[][] _places = [.. Enumerable.Range(0, scenarios - 1).Select(_ => Array.Empty<Place>())];

    /// <summary>Number of the first member there is room for.</summary>
    public int First { get; private set; }

    /// <summary>Members there is room for.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes taken.</summary>
    public long Bytes => (long)_places.Length * Count * PlaceBytes;

    /// <summary>Makes room for members, none of whom has gained or lost anything.</summary>
    public void Begin(int first, int count)
    {
        (First, Count) = (first, count);
        for (var s = 0; s < _places.Length; s++) _places[s] = new Place[count];
    }

    /// <summary>Adds a member's difference in one world.</summary>
    /// <param name="number">The member.</param>
    /// <param name="scenario">Slot of the scenario, above 0.</param>
    /// <param name="difference">Scenario minus baseline, in hundredths of the currency.</param>
    public void Add(int number, int scenario, long difference)
    {
        ref var place = ref _places[scenario - 1][number - First];
        place.Sum += difference;
        place.Above += difference > 0 ? 1 : 0;
        place.Below += difference < 0 ? 1 : 0;
    }

    /// <summary>Adds what the same members gained in other worlds.</summary>
    public void Add(MemberGains other)
    {
        for (var s = 0; s < _places.Length; s++)
        {
            for (var i = 0; i < Count; i++)
            {
                ref var place = ref _places[s][i];
                var more = other._places[s][i];
                place = new Place(place.Sum + more.Sum, place.Above + more.Above, place.Below + more.Below);
            }
        }
    }

    /// <summary>A member's sum over the worlds, and in how many of them it is above and below 0.</summary>
    public Place Of(int number, int scenario) => _places[scenario - 1][number - First];

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Unsigned((ulong)Count);
        foreach (var places in _places)
        {
            foreach (var place in places)
            {
                writer.Signed(place.Sum);
                writer.Unsigned((ulong)place.Above);
                writer.Unsigned((ulong)place.Below);
            }
        }
    }

    public void Read(ref BinaryFormReader reader)
    {
        Begin(0, reader.Count(int.MaxValue));
        foreach (var places in _places)
        {
            foreach (ref var place in places.AsSpan())
            {
                place.Sum = reader.Signed();
                place.Above = reader.Count(int.MaxValue);
                place.Below = reader.Count(int.MaxValue);
            }
        }
    }

    internal record struct Place(long Sum, int Above, int Below);
}
