namespace DToC.Tidy.Code;

public sealed class CodePatternsTests
{
    [Theory]
    [InlineData("async void F()", true)]
    [InlineData("return task.Result;", true)]
    [InlineData("task.Wait();", true)]
    [InlineData("_room.Wait(50);", true)]
    [InlineData("Task.WaitAll(tasks);", true)]
    [InlineData("x.GetAwaiter().GetResult();", true)]
    [InlineData("var x = Task.Run(work);", true)]
    [InlineData("await pace.Wait(3);", false)]
    [InlineData("Monitor.Wait(gate);", false)]
    [InlineData("ReadResults(task.Results);", false)]
    [InlineData("parsed.GetResult(option)", false)]
    [InlineData("async ValueTask F()", false)]
    public void Blocking_is_seen(string code, bool blocks) =>
        Assert.Equal(blocks, CodePatterns.Blocking.IsMatch(code));

    [Theory]
    [InlineData("a.B!.C();", true)]
    [InlineData("F(x)!;", true)]
    [InlineData("string S = null!;", true)]
    [InlineData("x[0]!.Y", true)]
    [InlineData("a.B! == c", true)]
    [InlineData("a.B!.C(); // set by Open", false)]
    [InlineData("a != b && !c", false)]
    [InlineData("if (!a) return;", false)]
    [InlineData("a!=b", false)]
    [InlineData("Say(\"Hello!\");", false)]
    public void Forgiving_without_a_reason_is_seen(string line, bool isSeen) =>
        Assert.Equal(isSeen ? [2] : [], CodePatterns.UnexplainedForgiving($"\n{line}\n"));

    [Theory]
    [InlineData("[Fact(Skip = \"later\")]", true)]
    [InlineData("[Theory(Timeout = 3, Skip=Later)]", true)]
    [InlineData("[Fact]", false)]
    [InlineData("rows.Skip(3)", false)]
    public void Skipped_tests_are_seen(string code, bool isSkipped) =>
        Assert.Equal(isSkipped, CodePatterns.SkippedTest.IsMatch(code));

    [Fact]
    public void Marks_of_unfinished_work_are_seen()
    {
        Assert.Matches(CodePatterns.UnfinishedWork, "// TO" + "DO: finish");
        Assert.Matches(CodePatterns.UnfinishedWork, "throw new NotImplemented" + "Exception();");
        Assert.DoesNotMatch(CodePatterns.UnfinishedWork, "// todos los clientes");
    }
}
