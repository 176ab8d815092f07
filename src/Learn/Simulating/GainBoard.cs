namespace DToC.Learn.Simulating;

/// <summary>A customer and what it gains by a scenario.</summary>
/// <param name="Customer">Its id.</param>
/// <param name="Mean">Mean difference of its margin over the weeks, in the currency.</param>
/// <param name="ShareAbove">Share of worlds in which it is above 0.</param>
public sealed record CustomerGain(string Customer, double Mean, double ShareAbove);

/// <summary>Who gains and who loses by a scenario: customers by the mean difference of their margin.</summary>
/// <param name="Above">Customers with a mean above 0.</param>
/// <param name="Below">Customers with a mean below 0.</param>
/// <param name="Same">Customers of whom it is 0.</param>
/// <param name="Surely">Customers with a difference above 0 in at least 95 of 100 worlds.</param>
/// <param name="SurelyNot">Customers with a difference below 0 in at least 95 of 100 worlds.</param>
/// <param name="Top">Those who gain most, the greatest gain first.</param>
/// <param name="Bottom">Those who lose most, the greatest loss first.</param>
public sealed record GainsResult(
    long Above, long Below, long Same, long Surely, long SurelyNot, IReadOnlyList<CustomerGain> Top,
    IReadOnlyList<CustomerGain> Bottom);

/// <summary>Counts who gains and who loses, and keeps the first few of both. Equal ones stand in the order of their
/// ids, so that the order they came in changes nothing.</summary>
internal sealed class GainBoard(int most)
{
    private const double Sure = 0.95;

    // The least of those kept comes out first.
    private readonly PriorityQueue<Standing, Standing> _top = new(Comparer<Standing>.Create(Compare));
    private readonly PriorityQueue<Standing, Standing> _bottom =
        new(Comparer<Standing>.Create(static (a, b) => Compare(a with { Sum = -a.Sum }, b with { Sum = -b.Sum })));

    private long _above;
    private long _below;
    private long _same;
    private long _surely;
    private long _surelyNot;

    public void Add(string id, MemberGains.Place place, int worlds)
    {
        var standing = new Standing(id, place.Sum, place.Above);
        if (place.Above >= Sure * worlds) _surely++;
        if (place.Below >= Sure * worlds) _surelyNot++;
        if (place.Sum == 0)
        {
            _same++;
            return;
        }
        if (place.Sum > 0) _above++;
        else _below++;
        Keep(place.Sum > 0 ? _top : _bottom, standing);
    }

    public GainsResult Result(int worlds, double scale)
    {
        return new GainsResult(_above, _below, _same, _surely, _surelyNot, Listed(_top), Listed(_bottom));

        List<CustomerGain> Listed(PriorityQueue<Standing, Standing> kept)
        {
            var copy = new PriorityQueue<Standing, Standing>(kept.UnorderedItems, kept.Comparer);
            List<CustomerGain> listed = [];
            while (copy.TryDequeue(out var next, out _))
                listed.Add(new CustomerGain(next.Id, scale * next.Sum / worlds, (double)next.Above / worlds));
            listed.Reverse();
            return listed;
        }
    }

    private void Keep(PriorityQueue<Standing, Standing> kept, Standing standing)
    {
        if (most == 0) return;
        if (kept.Count < most) kept.Enqueue(standing, standing);
        else kept.EnqueueDequeue(standing, standing);
    }

    private static int Compare(Standing a, Standing b)
    {
        var bySum = a.Sum.CompareTo(b.Sum);
        return bySum != 0 ? bySum : string.CompareOrdinal(b.Id, a.Id);
    }

    private readonly record struct Standing(string Id, long Sum, int Above);
}
