using DToC.Tidy.Reading;

namespace DToC.Tidy;

public sealed class AllowanceTests
{
    [Fact]
    public void Allowances_whose_file_exists_are_still_needed() => Findings.None(
        "An allowance that nothing uses is withdrawn",
        Allowances.Blocking.Concat(Allowances.UnfinishedWork)
            .Where(allowance => Repository.Exists(allowance.Path))
            .Where(allowance =>
                !Repository.Read(allowance.Path).Contains(allowance.Text, StringComparison.Ordinal))
            .Select(allowance => $"{allowance.Path}: {allowance.Text}"));
}
