using System.Text;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Tables;

public sealed class SimulationsGrainTests
{
    private static readonly SimulationGround Ground =
        new(0xD, 0xE, Instant.From(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)), 12, 0xF);

    private readonly TableRoom _room = new(new SimulationsGrain(), SimulationsGrain.Key);

    [Fact]
    public void Simulation_goes_from_queue_to_result_and_leaves_nothing_of_the_way()
    {
        Add("1", "asked-of");
        Assert.Equal((SimulationState.Queued, true), (Header("1").State, Header("1").Started.IsNever));
        Tell(new SimulationsMessage.Begin("1"));
        var begun = _room.Now;
        Assert.Equal((SimulationState.Running, begun), (Header("1").State, Header("1").Started));
        Keep("1", generation: 1, parts: 2, paths: 40);
        Keep("1", generation: 2, parts: 3, paths: 80);
        Assert.Equal((80, 2, 3, Ground), (Header("1").PathsDone, Header("1").Generation, Header("1").KeptParts,
            Header("1").Ground));
        Assert.Equal(
            "k/1/00000002/00 k/1/00000002/01 k/1/00000002/02",
            Joined(_room.Rows.Keys.Where(row => row.StartsWith("k/", StringComparison.Ordinal))));
        Assert.Equal("2-1", Text(SimulationsGrain.KeptRow("1", 2, 1)));

        _room.Now = _room.Now.PlusMs(5);
        Tell(new SimulationsMessage.AddResult("1", Part(0, "result")));
        Tell(new SimulationsMessage.End("1", SimulationState.Done)
        {
            ResultParts = 1, PathsDone = 100, Ground = Ground, Note = "slow", Named = [new("c-1", Bytes("+5"))],
        });
        Assert.Equal(
            new SimulationHeader("1", "name of 1", "key", begun)
            {
                State = SimulationState.Done, Started = begun, Ended = _room.Now, Note = "slow", Ground = Ground,
                PathsDone = 100, ResultParts = 1,
            },
            Header("1"));
        Assert.Equal("a/1 n/1/asked n/1/named q/1 r/1/00", Joined(_room.Rows.Keys));
        Assert.Equal(("request of 1", "result"), (Text("q/1"), Text("r/1/00")));
    }

    [Fact]
    public void One_that_went_on_after_its_server_was_down_keeps_when_it_began()
    {
        Add("1");
        Tell(new SimulationsMessage.Begin("1"));
        var begun = _room.Now;
        _room.Now = _room.Now.PlusMs(1_000);
        Tell(new SimulationsMessage.Begin("1"));
        Assert.Equal(begun, Header("1").Started);
    }

    [Fact]
    public void What_comes_for_one_that_has_ended_or_gone_changes_nothing()
    {
        Add("1");
        Tell(new SimulationsMessage.End("1", SimulationState.Cancelled));
        foreach (var message in (SimulationsMessage[])[
            new SimulationsMessage.Begin("1"), new SimulationsMessage.AddKept("1", 1, Part(0, "late")),
            new SimulationsMessage.Keep("1", 1, 1, 5, Ground), new SimulationsMessage.AddResult("1", Part(0, "late")),
            new SimulationsMessage.End("1", SimulationState.Done), new SimulationsMessage.Begin("2"),
            new SimulationsMessage.Remove("2")])
        {
            var outcome = _room.Tell(message);
            Assert.IsType<SimulationsReply.NotOpen>(outcome.Reply);
            Assert.False(outcome.Changed);
        }
        Assert.Equal(SimulationState.Cancelled, Header("1").State);
    }

    [Fact]
    public void Full_table_forgets_whole_those_that_were_asked_for_first_and_ended()
    {
        for (var i = 0; i < SimulationsGrain.MaxKept; i++)
        {
            Add(Id(i), "c-1");
            if (i == 0) continue; // still waiting
            Tell(new SimulationsMessage.AddResult(Id(i), Part(0, "result")));
            Tell(new SimulationsMessage.End(Id(i), SimulationState.Done) { ResultParts = 1 });
        }
        var added = Assert.IsType<SimulationsReply.Added>(Add(Id(999)));
        Assert.Equal(Id(1), Joined(added.Removed));
        Assert.DoesNotContain(_room.Rows.Keys, row => row.Contains(Id(1), StringComparison.Ordinal));
        Assert.Equal(
            SimulationsGrain.MaxKept, _room.Rows.Keys.Count(row => row.StartsWith("a/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Too_many_that_have_not_ended_are_refused()
    {
        for (var i = 0; i < SimulationsGrain.MaxOpen; i++) Add(Id(i));
        Assert.Equal(new SimulationsReply.Full(SimulationsGrain.MaxOpen), Add("more"));
        Tell(new SimulationsMessage.End(Id(3), SimulationState.Failed));
        Assert.IsType<SimulationsReply.Added>(Add("more"));
    }

    [Fact]
    public void Removed_simulation_leaves_no_row()
    {
        Add("1", "c-1");
        Add("11", "c-1");
        Keep("1", 1, 2, 10);
        Tell(new SimulationsMessage.AddResult("1", Part(0, "result")));
        Tell(new SimulationsMessage.Remove("1"));
        Assert.Equal("a/11 n/11/asked q/11", Joined(_room.Rows.Keys));
    }

    [Fact]
    public void Erased_customer_is_taken_out_of_what_names_it_and_others_stay()
    {
        var grain = new SimulationsGrain();
        Add("1", "c-1", "c-2");
        Tell(new SimulationsMessage.End("1", SimulationState.Done)
        {
            Named = [new("c-2", Bytes("loses")), new("c-1", Bytes("gains"))],
        });
        Add("2", "c-2");
        var subject = new DataSubject(["c-1"], []);
        var traces = grain.TracesOf(subject);
        List<GrainRow> found =
        [
            .. _room.Rows.Select(row => new GrainRow(row.Key, row.Value)).Where(row => grain.Concerns(row, subject)),
        ];
        Assert.Equal("n/1/asked n/1/named", Joined(found.Select(row => row.Row)));
        Assert.All(found, row => Assert.Contains(traces, trace => row.Value.Span.IndexOf(trace) >= 0));

        Tell(new GrainMessage.RemoveRows([.. found.Select(row => row.Row)]) { Customers = ["c-1"] });
        Assert.Equal("c-2", Assert.Single(NamedCustomers.Read(_room.Rows["n/1/asked"].Span)).Customer);
        var named = Assert.Single(NamedCustomers.Read(_room.Rows["n/1/named"].Span));
        Assert.Equal(("c-2", "loses"), (named.Customer, Encoding.UTF8.GetString(named.Said.Span)));
        Assert.Equal((2, 0), (Header("1").Erased, Header("2").Erased));

        Tell(new GrainMessage.RemoveRows(["n/2/asked"]) { Customers = ["c-2"] });
        Assert.False(_room.Rows.ContainsKey("n/2/asked"));
        Assert.False(_room.Tell(new GrainMessage.RemoveRows(["n/2/asked", "q/1"]) { Customers = ["c-2"] }).Changed);
    }

    private static string Joined(IEnumerable<string> names) => string.Join(' ', names);

    private static string Id(int number) => $"s{number:d4}";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static SimulationPart Part(int number, string text) => new(number, Bytes(text));

    private SimulationHeader Header(string id) =>
        SimulationHeader.Read(_room.Rows[SimulationsGrain.HeaderRow(id)].Span);

    private string Text(string row) => Encoding.UTF8.GetString(Envelope.Open(_room.Rows[row].Span));

    private Reply Add(string id, params string[] asked) => _room.Tell(new SimulationsMessage.Add(
        new SimulationHeader(id, $"name of {id}", "key", _room.Now), Bytes($"request of {id}"),
        [.. asked.Select(customer => new NamedCustomer(customer, default))])).Reply;

    private void Keep(string id, int generation, int parts, int paths)
    {
        for (var part = 0; part < parts; part++)
            Tell(new SimulationsMessage.AddKept(id, generation, Part(part, $"{generation}-{part}")));
        Tell(new SimulationsMessage.Keep(id, generation, parts, paths, Ground));
    }

    private void Tell(GrainMessage message) => Assert.IsType<Reply.Done>(_room.Tell(message).Reply);
}
