using DToC.Embedded.Tests;
using DToC.Http.Limits;

namespace DToC.Http.Tests.Limits;

public sealed class LimitPartsTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Bucket_gives_a_second_at_once_and_then_as_it_comes()
    {
        var bucket = new TokenBucket(10, _time);
        Assert.Null(bucket.TryTake(4));
        Assert.Equal((6, TimeSpan.FromMilliseconds(400)), (bucket.Left, bucket.UntilFull));
        Assert.Null(bucket.TryTake(6));
        Assert.Equal(TimeSpan.FromMilliseconds(100), bucket.TryTake(1));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.NotNull(bucket.TryTake(1));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(bucket.TryTake(1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((10, TimeSpan.Zero), (bucket.Left, bucket.UntilFull));
    }

    [Fact]
    public void More_than_a_bucket_holds_is_taken_from_a_full_one_and_paid_for_afterwards()
    {
        var bucket = new TokenBucket(10, _time);
        Assert.Null(bucket.TryTake(30));
        Assert.Equal((0, TimeSpan.FromSeconds(3)), (bucket.Left, bucket.UntilFull));
        Assert.Equal(TimeSpan.FromMilliseconds(2_100), bucket.TryTake(1));
        Assert.Equal(TimeSpan.FromSeconds(3), bucket.TryTake(30));
    }

    [Fact]
    public void Those_who_owe_wait_one_behind_the_other()
    {
        var bucket = new TokenBucket(10, _time);
        Assert.Equal(TimeSpan.Zero, bucket.Owe(10));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.Owe(10));
        Assert.Equal(TimeSpan.FromSeconds(2), bucket.Owe(10));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.Zero, bucket.Owe(10));
    }

    [Fact]
    public void Takers_at_once_never_get_more_than_the_rate()
    {
        var bucket = new TokenBucket(1_000, _time);
        var taken = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                if (bucket.TryTake(1) is null) Interlocked.Increment(ref taken);
            }
        });
        Assert.Equal(1_000, taken);
    }

    [Fact]
    public void Heap_is_looked_at_once_a_second_and_new_events_wait_while_it_is_high()
    {
        var (heap, looks) = (90L, 0);
        var gauge = new HeapGauge(0.85, _time, () =>
        {
            looks++;
            return (heap, 100);
        });
        Assert.True(gauge.IsHigh);
        heap = 80;
        Assert.Equal((true, 1), (gauge.IsHigh, looks));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, 2), (gauge.IsHigh, looks));
    }

    [Fact]
    public void Standing_still_is_told_once_and_moving_never()
    {
        var told = 0;
        using var still = new Standstill(TimeSpan.FromSeconds(4), _time, () => told++);
        for (var i = 0; i < 20; i++)
        {
            still.Begin();
            _time.Advance(TimeSpan.FromSeconds(3));
            still.End();
            _time.Advance(TimeSpan.FromSeconds(3));
        }
        Assert.Equal(0, told);
        still.Begin();
        for (var i = 0; i < 20; i++) _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, told);
    }

    [Fact]
    public void Short_bodies_have_room_that_long_ones_cannot_take_and_all_is_given_back()
    {
        var options = new HttpOptions { MaxBytesInFlight = 1 << 20 };
        var room = new SharedRoom(options, new LimitMeters(), new HeapGauge(1, _time, () => (0, 1)), _time);
        RequestHold[] greedy = [Hold(), Hold()];
        Assert.Null(greedy[0].TryTake(400_000));
        Assert.Null(greedy[1].TryTake(300_000));
        var other = Hold();
        Assert.Equal(Limit.Bytes, other.TryTake(100_000));
        Assert.Null(other.TryTake(60_000));
        Assert.Equal(Limit.BytesPerKey, greedy[0].TryTake(200_000));
        Assert.Equal(760_000, room.Bytes.Taken);
        foreach (var hold in (RequestHold[])[.. greedy, other]) hold.Give(hold.Bytes);
        Assert.Equal((0, 0), (room.Bytes.Taken, greedy[0].Share.Bytes.Taken));

        RequestHold Hold() => new(new KeyShare(default, options, _time), room);
    }
}
