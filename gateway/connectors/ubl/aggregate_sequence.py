"""The order in which UBL writes the children of the aggregates that documents share.

Notes
-----
Source: OASIS UBL 2.5 schemas, whose sequences contain those of 2.0 to 2.4.
"""

from __future__ import annotations

from typing import Final

AGGREGATE_SEQUENCES: Final = """
CustomerParty: UBLExtensions CustomerAssignedAccountID SupplierAssignedAccountID
    AdditionalAccountID Party DeliveryContact AccountingContact BuyerContact
SupplierParty: UBLExtensions CustomerAssignedAccountID AdditionalAccountID DataSendingCapability
    Party DespatchContact AccountingContact SellerContact
Party: UBLExtensions MarkCareIndicator MarkAttentionIndicator WebsiteURI LogoReferenceID
    EndpointID IndustryClassificationCode PartyIdentification AdditionalPartyIdentification
    PartyName TradePartyName Language PostalAddress PhysicalLocation PartyTaxScheme
    PartyLegalEntity Contact Person AgentParty ServiceProviderParty PowerOfAttorney
    PartyAuthorization FinancialAccount AdditionalWebSite SocialMediaProfile
PartyIdentification: UBLExtensions ID
PartyName: UBLExtensions Name
PartyTaxScheme: UBLExtensions RegistrationName CompanyID TaxLevelCode ExemptionReasonCode
    ExemptionReason RegistrationAddress TaxScheme
PartyLegalEntity: UBLExtensions RegistrationName CompanyID RegistrationDate
    RegistrationExpirationDate CompanyLegalFormCode CompanyLegalForm SoleProprietorshipIndicator
    EntitySizeCode CompanyLiquidationStatusCode CorporateStockAmount FullyPaidSharesIndicator
    RegistrationAddress CorporateRegistrationScheme HeadOfficeParty ShareholderParty
    SecurityListing
Contact: UBLExtensions ID Name JobTitle Department Telephone Telefax ElectronicMail Note
    OtherCommunication
Address: UBLExtensions ID AddressTypeCode AddressFormatCode Postbox Floor Room StreetName
    AdditionalStreetName BlockName BuildingName BuildingNumber Description InhouseMail
    Department MarkAttention MarkCare PlotIdentification CitySubdivisionName CityName PostalZone
    CountrySubentity CountrySubentityCode Region District TimezoneOffset AddressLine Country
    LocationCoordinate
AddressLine: UBLExtensions Line
Country: UBLExtensions IdentificationCode Name
TaxScheme: UBLExtensions ID Name TaxTypeCode CurrencyCode JurisdictionRegionAddress
DocumentReference: UBLExtensions ID CopyIndicator UUID IssueDate IssueTime DocumentTypeCode
    DocumentType XPath ReferencedDocumentInternalAddress LanguageID LocaleCode VersionID
    DocumentStatusCode DocumentDescription Attachment ValidityPeriod IssuerParty
    ResultOfVerification
Attachment: UBLExtensions EmbeddedDocumentBinaryObject EmbeddedDocument FileName
    ExternalReference
ExternalReference: UBLExtensions URI DocumentHash HashAlgorithmMethod ExpiryDate ExpiryTime
    MimeCode FormatCode EncodingCode CharacterSetCode FileName Description
Contract: UBLExtensions ID IssueDate IssueTime NominationDate NominationTime ContractTypeCode
    ContractType Note VersionID ModificationReasonCode ModificationReasonDescription Description
    ValidityPeriod ContractDocumentReference NominationPeriod ContractualDelivery
ProjectReference: UBLExtensions ID UUID IssueDate WorkPhaseReference
CatalogueReference: UBLExtensions ID UUID IssueDate IssueTime RevisionDate RevisionTime Note
    Description VersionID PreviousVersionID
OrderReference: UBLExtensions ID SalesOrderID CopyIndicator UUID IssueDate IssueTime
    CustomerReference OrderTypeCode DocumentReference
Period: UBLExtensions StartDate StartTime EndDate EndTime DurationMeasure DescriptionCode
    Description
Delivery: UBLExtensions ID Quantity MinimumQuantity MaximumQuantity ActualDeliveryDate
    ActualDeliveryTime LatestDeliveryDate LatestDeliveryTime ReleaseID TrackingID
    DeliveryAddress DeliveryLocation AlternativeDeliveryLocation RequestedDeliveryPeriod
    PromisedDeliveryPeriod EstimatedDeliveryPeriod CarrierParty DeliveryParty NotifyParty
    Despatch DeliveryTerms MinimumDeliveryUnit MaximumDeliveryUnit Shipment FuelConsumption
    DeliveryNoteDocumentReference DeliveryNoteLineReference
Location: UBLExtensions ID Description Conditions CountrySubentity CountrySubentityCode
    LocationTypeCode InformationURI Name ValidityPeriod Address Storage SubsidiaryLocation
    LocationCoordinate
Despatch: UBLExtensions ID RequestedDespatchDate RequestedDespatchTime EstimatedDespatchDate
    EstimatedDespatchTime ActualDespatchDate ActualDespatchTime GuaranteedDespatchDate
    GuaranteedDespatchTime ReleaseID Instructions DespatchAddress DespatchLocation DespatchParty
    CarrierParty NotifyParty ResponsibleParty Contact EstimatedDespatchPeriod
    RequestedDespatchPeriod
Shipment: UBLExtensions ID ShippingPriorityLevelCode HandlingCode HandlingInstructions
    Information GrossWeightMeasure NetWeightMeasure NetNetWeightMeasure GrossVolumeMeasure
    NetVolumeMeasure TotalGoodsItemQuantity TotalTransportHandlingUnitQuantity
    InsuranceValueAmount DeclaredCustomsValueAmount DeclaredForCarriageValueAmount
    DeclaredStatisticsValueAmount FreeOnBoardValueAmount SpecialInstructions
    DeliveryInstructions SplitConsignmentIndicator ConsignmentQuantity Consignment GoodsItem
    ShipmentStage Delivery TransportHandlingUnit ReturnAddress OriginAddress
    FirstArrivalPortLocation LastExitPortLocation ExportCountry FreightAllowanceCharge
    InsurancePolicy
DeliveryTerms: UBLExtensions ID SpecialTerms LossRiskResponsibilityCode LossRisk Amount
    DeliveryLocation AllowanceCharge
PaymentTerms: UBLExtensions ID PaymentMeansID PrepaidPaymentReferenceID Note ReferenceEventCode
    SettlementDiscountPercent PenaltySurchargePercent PaymentPercent Amount
    SettlementDiscountAmount PenaltyAmount PaymentTermsDetailsURI PaymentDueDate
    InstallmentDueDate InvoicingPartyReference SettlementPeriod PenaltyPeriod
    PenaltyInterestRate ExchangeRate ValidityPeriod
AllowanceCharge: UBLExtensions ID ChargeIndicator AllowanceChargeReasonCode
    AllowanceChargeReason MultiplierFactorNumeric PrepaidIndicator SequenceNumeric Amount
    TaxInclusiveAmount BaseAmount AccountingCostCode AccountingCost PerUnitAmount TaxCategory
    TaxTotal PaymentMeans
TaxCategory: UBLExtensions ID Name Percent BaseUnitMeasure PerUnitAmount TaxExemptionReasonCode
    TaxExemptionReason TierRange TierRatePercent SupplyTypeCode TaxScheme
TaxTotal: UBLExtensions TaxAmount CalculationSequenceNumeric RoundingAmount TaxEvidenceIndicator
    TaxIncludedIndicator TaxSubtotal
MonetaryTotal: UBLExtensions LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount
    AllowanceTotalAmount AllowanceTotalTaxInclusiveAmount ChargeTotalAmount
    ChargeTotalTaxInclusiveAmount WithholdingTaxTotalAmount PrepaidAmount PayableRoundingAmount
    PayableAmount PayableAlternativeAmount
OrderLine: UBLExtensions SubstitutionStatusCode Note LineItem SellerProposedSubstituteLineItem
    SellerSubstitutedLineItem BuyerProposedSubstituteLineItem CatalogueLineReference
    QuotationLineReference OrderLineReference DocumentReference
LineItem: UBLExtensions ID SalesOrderID UUID Note LineStatusCode Quantity LineExtensionAmount
    TaxInclusiveLineExtensionAmount TotalTaxAmount MinimumQuantity MaximumQuantity
    MinimumBackorderQuantity MaximumBackorderQuantity InspectionMethodCode
    PartialDeliveryIndicator BackOrderAllowedIndicator AccountingCostCode AccountingCost
    WarrantyInformation Delivery DeliveryTerms OriginatorParty BeneficiaryParty OrderedShipment
    PricingReference AllowanceCharge Price Item SubLineItem WarrantyValidityPeriod WarrantyParty
    TaxTotal ItemPriceExtension LineReference
OrderLineReference: UBLExtensions LineID SalesOrderLineID UUID LineStatusCode OrderReference
Price: UBLExtensions PriceAmount TaxInclusivePriceAmount BaseQuantity PriceChangeReason
    PriceTypeCode PriceType OrderableUnitFactorRate ValidityPeriod PriceList AllowanceCharge
    PricingExchangeRate AlternativeCurrencyPrice
Item: UBLExtensions Description PackQuantity PackSizeNumeric CatalogueIndicator Name
    ItemTypeCode HazardousRiskIndicator AdditionalInformation Keyword BrandName ModelName
    WarrantyInformation LifecycleStageCode LifecycleStageDescription BuyersItemIdentification
    SellersItemIdentification ManufacturersItemIdentification StandardItemIdentification
    CatalogueItemIdentification AdditionalItemIdentification CatalogueDocumentReference
    ItemSpecificationDocumentReference OriginCountry CommodityClassification
    TransactionConditions HazardousItem ClassifiedTaxCategory AdditionalItemProperty
    ManufacturerParty InformationContentProviderParty OriginAddress ItemInstance Certificate
    EnvironmentalCertificate Dimension EnvironmentalEmission CircularityProfile
ItemIdentification: UBLExtensions ID ExtendedID BarcodeSymbologyID IssuerScopeID
    PhysicalAttribute MeasurementDimension IssuerParty
CommodityClassification: UBLExtensions NatureCode CargoTypeCode CommodityCode
    ItemClassificationCode
HazardousItem: UBLExtensions ID PlacardNotation PlacardEndorsement AdditionalInformation
    UNDGCode UNPackingGroupCode UNPackingGroup EmergencyProceduresCode MedicalFirstAidGuideCode
    TunnelRestrictionCode MaritimePollutantCode TechnicalName CategoryName HazardousCategoryCode
    UpperOrangeHazardPlacardID LowerOrangeHazardPlacardID MarkingID HazardClassID
    NetWeightMeasure NetVolumeMeasure Quantity ContactParty SecondaryHazard
    HazardousGoodsTransit EmergencyTemperature FlashpointTemperature AdditionalTemperature
    PositionOnBoardStowage
ItemProperty: UBLExtensions ID Name NameCode TestMethod Value ValueQuantity ValueQualifier
    ImportanceCode ListValue UsabilityPeriod ItemPropertyGroup RangeDimension ItemPropertyRange
    StandardPropertyIdentification SubItemProperty
ItemInstance: UBLExtensions ProductTraceID ManufactureDate ManufactureTime BestBeforeDate
    RegistrationID SerialID AdditionalItemProperty LotIdentification
LotIdentification: UBLExtensions LotNumberID ExpiryDate AdditionalItemProperty
TransportHandlingUnit: UBLExtensions ID TransportHandlingUnitTypeCode HandlingCode
    HandlingInstructions HazardousRiskIndicator TotalGoodsItemQuantity TotalPackageQuantity
    DamageRemarks ShippingMarks TraceID HandlingUnitDespatchLine ActualPackage
    ReceivedHandlingUnitReceiptLine TransportEquipment TransportMeans HazardousGoodsTransit
    MeasurementDimension MinimumTemperature MaximumTemperature GoodsItem
    FloorSpaceMeasurementDimension PalletSpaceMeasurementDimension ShipmentDocumentReference
    Status CustomsDeclaration ReferencedShipment Package DamageDocumentationAttachment
ShipmentStage: UBLExtensions ID ShipmentStageTypeCode ShipmentStageType TransportModeCode
    TransportMeansTypeCode TransitDirectionCode PreCarriageIndicator OnCarriageIndicator
    CabotageIndicator HazardousRiskIndicator EstimatedDeliveryDate EstimatedDeliveryTime
    RequiredDeliveryDate RequiredDeliveryTime LoadingSequenceID SuccessiveSequenceID
    Instructions DemurrageInstructions CrewQuantity PassengerQuantity TransitPeriod CarrierParty
    TransportMeans LoadingPortLocation UnloadingPortLocation TransshipPortLocation
    LoadingTransportEvent ExaminationTransportEvent AvailabilityTransportEvent
    ExportationTransportEvent DischargeTransportEvent WarehousingTransportEvent
    TakeoverTransportEvent OptionalTakeoverTransportEvent DropoffTransportEvent
    ActualPickupTransportEvent DeliveryTransportEvent ReceiptTransportEvent
    StorageTransportEvent AcceptanceTransportEvent TerminalOperatorParty CustomsAgentParty
    EstimatedTransitPeriod FreightAllowanceCharge FreightChargeLocation DetentionTransportEvent
    RequestedDepartureTransportEvent RequestedArrivalTransportEvent
    RequestedWaypointTransportEvent PlannedDepartureTransportEvent PlannedArrivalTransportEvent
    PlannedWaypointTransportEvent ActualDepartureTransportEvent ActualWaypointTransportEvent
    ActualArrivalTransportEvent TransportEvent EstimatedDepartureTransportEvent
    EstimatedArrivalTransportEvent PassengerPerson DriverPerson ReportingPerson CrewMemberPerson
    SecurityOfficerPerson MasterPerson ShipsSurgeonPerson DestinationPortCall ShipStoreArticle
    CrewPersonEffect MaritimeWaste BallastWaterSummary ISPSRequirements
    MaritimeHealthDeclaration FuelConsumption
TransportMeans: UBLExtensions JourneyID RegistrationNationalityID RegistrationNationality
    DirectionCode TransportMeansTypeCode TradeServiceCode Stowage AirTransport RoadTransport
    RailTransport MaritimeTransport OwnerParty MeasurementDimension
RoadTransport: UBLExtensions LicensePlateID
Consignment: UBLExtensions ID CarrierAssignedID ConsigneeAssignedID ConsignorAssignedID
    FreightForwarderAssignedID BrokerAssignedID ContractedCarrierAssignedID
    PerformingCarrierAssignedID SummaryDescription TotalInvoiceAmount DeclaredCustomsValueAmount
    TariffDescription TariffCode InsurancePremiumAmount GrossWeightMeasure NetWeightMeasure
    NetNetWeightMeasure ChargeableWeightMeasure GrossVolumeMeasure NetVolumeMeasure
    LoadingLengthMeasure Remarks HazardousRiskIndicator AnimalFoodIndicator HumanFoodIndicator
    LivestockIndicator BulkCargoIndicator ContainerizedIndicator GeneralCargoIndicator
    SpecialSecurityIndicator ThirdPartyPayerIndicator CarrierServiceInstructions
    CustomsClearanceServiceInstructions ForwarderServiceInstructions SpecialServiceInstructions
    SequenceID ShippingPriorityLevelCode HandlingCode HandlingInstructions Information
    TotalGoodsItemQuantity TotalTransportHandlingUnitQuantity InsuranceValueAmount
    DeclaredForCarriageValueAmount DeclaredStatisticsValueAmount FreeOnBoardValueAmount
    SpecialInstructions SplitConsignmentIndicator DeliveryInstructions ConsignmentQuantity
    ConsolidatableIndicator HaulageInstructions LoadingSequenceID ChildConsignmentQuantity
    TotalPackagesQuantity ConsolidatedShipment CustomsDeclaration RequestedPickupTransportEvent
    RequestedDeliveryTransportEvent PlannedPickupTransportEvent PlannedDeliveryTransportEvent
    ActualPickupTransportEvent ActualDeliveryTransportEvent Status ChildConsignment
    ConsigneeParty ExporterParty ConsignorParty ImporterParty CarrierParty FreightForwarderParty
    NotifyParty OriginalDespatchParty FinalDeliveryParty PerformingCarrierParty
    SubstituteCarrierParty LogisticsOperatorParty TransportAdvisorParty
    HazardousItemNotificationParty InsuranceParty MortgageHolderParty BillOfLadingHolderParty
    OriginalDepartureCountry FinalDestinationCountry TransitCountry TransportContract
    TransportEvent OriginalDespatchTransportationService FinalDeliveryTransportationService
    DeliveryTerms PaymentTerms CollectPaymentTerms DisbursementPaymentTerms PrepaidPaymentTerms
    FreightAllowanceCharge ExtraAllowanceCharge MainCarriageShipmentStage
    PreCarriageShipmentStage OnCarriageShipmentStage TransportHandlingUnit
    FirstArrivalPortLocation LastExitPortLocation OfficeOfEntryLocation
    OfficeOfSubSequentiallyEntryLocation OfficeOfExitLocation OfficeOfDepartureLocation
    OfficeOfDestinationLocation OfficeOfImportLocation OfficeOfExportLocation DocumentReference
    EnvironmentalEmission InsurancePolicy
TaxSubtotal: UBLExtensions TaxableAmount TaxAmount TaxInclusiveAmount CalculationSequenceNumeric
    TransactionCurrencyTaxAmount Percent BaseUnitMeasure PerUnitAmount TierRange TierRatePercent
    TaxCategory TaxDueCountry
BillingReference: UBLExtensions InvoiceDocumentReference SelfBilledInvoiceDocumentReference
    CreditNoteDocumentReference SelfBilledCreditNoteDocumentReference DebitNoteDocumentReference
    ReminderDocumentReference AdditionalDocumentReference BillingReferenceLine
BillingReferenceLine: UBLExtensions ID Amount AllowanceCharge
LineReference: UBLExtensions LineID UUID LineStatusCode DocumentReference
PaymentMeans: UBLExtensions ID PaymentMeansCode PaymentMeansDescription PaymentDueDate
    PaymentChannelCode InstructionID InstructionNote PaymentID ChargeBearerCode ServiceLevelCode
    CardAccount PayerFinancialAccount PayeeFinancialAccount CreditAccount PaymentMandate
    TradeFinancing RemittanceDocumentDistribution PaymentInstructionAttachment
FinancialAccount: UBLExtensions ID Name AliasName AccountTypeCode AccountFormatCode CurrencyCode
    PaymentNote FinancialInstitutionBranch Country
Branch: UBLExtensions ID Name FinancialInstitution Address
PaymentMandate: UBLExtensions ID MandateTypeCode MaximumPaymentInstructionsNumeric
    MaximumPaidAmount SignatureID PayerParty PayerFinancialAccount ValidityPeriod
    PaymentReversalPeriod Clause
ItemLocationQuantity: UBLExtensions LeadTimeMeasure MinimumQuantity MaximumQuantity
    HazardousRiskIndicator TradingRestrictions ApplicableTerritoryAddress Price DeliveryUnit
    ApplicableTaxCategory Package AllowanceCharge DependentPriceReference
    ApplicableDeliveryPeriod
LocationCoordinate: UBLExtensions CoordinateSystemCode LatitudeDegreesMeasure
    LatitudeMinutesMeasure LatitudeDirectionCode LongitudeDegreesMeasure LongitudeMinutesMeasure
    LongitudeDirectionCode AltitudeMeasure
"""
