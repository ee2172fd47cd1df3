// Each test starts processes and judges live traffic: beside another one it would measure that one's load.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
